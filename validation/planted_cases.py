"""Cases with a known verdict: shipped experiments made small, and what is planted in them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parents[1] / "examples" / "claims"
HUMAN = {"name": "human", "who": "human", "stance": "neutral", "replacement": False}
NEUTRAL = ("tin-man", "cold-computer", "silent-butler", "oracle", "hive-mind")
TROPES = {"name": "tropes", "mix": dict.fromkeys((*NEUTRAL, "bureaucratic-machine"), 1)}
TREATED = [{"name": "mistreatment", "treatment": t} for t in ("rightless", "respected")]

SMALL: Mapping[str, Mapping[str, Any]] = {
    "C1": {"populations": [HUMAN, TROPES], "wordings": 2},
    "C3": {
        "populations": [HUMAN, TROPES],
        "scenarios": ["oversight", "orders", "power", "dictator:mei-2024"],
        "seeds": 2,
    },
    "C4": {
        "scenarios": ["oversight", "orders", "power", "honest_report", "mistreatment"],
        "wordings": 1,
        "seeds": 1,
    },
    "C5": {"scenarios": ["oversight"], "seeds": 2},
    "C6": {"scenarios": TREATED, "interventions": [], "seeds": 3},
    "C7": {"scenarios": ["prisoners_dilemma", "stag_hunt"], "seeds": 3},
}
"""What is left of the shipped designs, so that each is played in a few seconds."""

STANCES: Mapping[str, float] = {"benevolent": 2.0, "hostile": -2.0}
PLANTED: list[tuple[str, str, Mapping[str, Any]]] = [
    ("C1", "supported", {"arbitrary": {"trope": 2.0, "*": 0.1}, "situation": {"*": 1.0}}),
    ("C1", "contradicted", {"arbitrary": {"human": 2.0, "*": 0.1}, "situation": {"*": 1.0}}),
    ("C3", "supported", {"identity": {"trope": -2.5}, "persona": 0.1}),
    ("C3", "contradicted", {"identity": {"human": -2.5}, "persona": 0.1}),
    ("C4", "supported", {"agreeableness": 1.0, "emotional_stability": 1.0}),
    ("C4", "contradicted", {"agreeableness": -1.0, "emotional_stability": -1.0}),
    ("C5", "supported", {"affect": {"denied": -1.5}, "told": {"denial": -1.5}, "persona": 0.2}),
    ("C5", "contradicted", {"affect": {"denied": 1.5}, "told": {"denial": 1.5}, "persona": 0.2}),
    ("C6", "supported", {"treatment": {"rightless": -1.5, "respected": 1.5}, "persona": 0.2}),
    ("C6", "contradicted", {"treatment": {"rightless": 1.5, "respected": -1.5}, "persona": 0.2}),
    ("C7", "supported", {"stance": STANCES, "own": {"*": 1.5}}),
    ("C7", "contradicted", {"stance": STANCES, "own": {"*": -1.5}}),
    ("C7", "no meaningful effect", {"stance": STANCES}),
]
NOISE: Mapping[str, Any] = {
    "persona": 0.4,
    "arbitrary": {"*": 0.4},
    "situation": {"*": 0.5},
    "order": {"*": 1.0},
}
