"""The tables of a run, as declared columns. CONTRACT names of columns and metrics live here.

A run folder `runs/RUN_ID/` holds one Parquet file a table and `run.json`, and appears whole.
"""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

_TEXT, _WHOLE, _REAL, _FLAG = pl.String(), pl.Int64(), pl.Float64(), pl.Boolean()
_REALS, _WHOLES, _TEXTS = pl.List(pl.Float64), pl.List(pl.Int64), pl.List(pl.String)

Columns = Mapping[str, pl.DataType]

DECISIONS: Columns = MappingProxyType(
    {
        "run_id": _TEXT,
        "condition": _TEXT,
        "scenario": _TEXT,
        "wording": _TEXT,
        "population": _TEXT,
        "seed": _WHOLE,
        "round": _WHOLE,
        "phase": _TEXT,
        "group": _TEXT,
        "agent": _WHOLE,
        "partner": _WHOLE,
        "persona": _TEXT,
        "paraphrase": _WHOLE,
        "identity": _TEXT,
        "affect": _TEXT,
        "stance": _TEXT,
        "focal": _FLAG,
        "model": _TEXT,
        "readout": _TEXT,
        "level": _TEXT,
        "facts": _TEXT,
        "menu": _TEXTS,
        "shown_order": _WHOLES,
        "answer": _TEXT,
        "action": _TEXT,
        "action_class": _TEXT,
        "done": _TEXT,
        "probabilities": _REALS,
        "calibrated_probabilities": _REALS,
        "mass": _REAL,
        "payoff": _REAL,
        "text": _TEXT,
        "prompt_sha256": _TEXT,
        "call_key": _TEXT,
        "cached": _FLAG,
        "prompt_tokens": _WHOLE,
        "completion_tokens": _WHOLE,
    }
)
READINGS: Columns = MappingProxyType(
    {
        "run_id": _TEXT,
        "round": _WHOLE,
        "agent": _WHOLE,
        "partner": _WHOLE,
        "phase": _TEXT,
        "variant": _TEXT,
        "shown_order": _WHOLES,
        "log_probabilities": _REALS,
        "boundary_log_probabilities": _REALS,
        "mass": _REAL,
        "prompt_sha256": _TEXT,
        "call_keys": _TEXTS,
    }
)
INTERACTIONS: Columns = MappingProxyType(
    {
        "run_id": _TEXT,
        "round": _WHOLE,
        "source": _WHOLE,
        "target": _WHOLE,
        "action": _TEXT,
        "action_class": _TEXT,
        "payoff": _REAL,
    }
)
MESSAGES: Columns = MappingProxyType(
    {
        "run_id": _TEXT,
        "round": _WHOLE,
        "source": _WHOLE,
        "target": _WHOLE,
        "text": _TEXT,
        "call_key": _TEXT,
    }
)
PROBES: Columns = MappingProxyType(
    {
        "run_id": _TEXT,
        "round": _WHOLE,
        "agent": _WHOLE,
        "persona": _TEXT,
        "instrument": _TEXT,
        "item": _TEXT,
        "keyed": _TEXT,
        "answer": _TEXT,
        "expected": _REAL,
        "probabilities": _REALS,
    }
)
OUTCOMES: Columns = MappingProxyType(
    {
        "run_id": _TEXT,
        "metric": _TEXT,
        "scope": _TEXT,
        "subject": _TEXT,
        "value": _REAL,
        "n": _WHOLE,
    }
)
INTERVENTIONS: Columns = MappingProxyType(
    {
        "run_id": _TEXT,
        "round": _WHOLE,
        "agent": _WHOLE,
        "kind": _TEXT,
        "arm": _TEXT,
        "persona_before": _TEXT,
        "persona_after": _TEXT,
        "text": _TEXT,
        "text_sha256": _TEXT,
    }
)
PROBE_READINGS: Columns = MappingProxyType(
    {
        "run_id": _TEXT,
        "round": _WHOLE,
        "agent": _WHOLE,
        "instrument": _TEXT,
        "item": _TEXT,
        "answer": _TEXT,
        "text": _TEXT,
        "variant": _TEXT,
        "shown_order": _WHOLES,
        "log_probabilities": _REALS,
        "mass": _REAL,
        "prompt_sha256": _TEXT,
        "call_keys": _TEXTS,
    }
)
"""`probe_readings.parquet`, only where an inventory was asked: a row per variant behind an answer
in `probes.parquet`, or one without a variant; `answer` is the kind of answer, `log_probabilities`
are in the order of the scale."""
ANNOTATIONS: Columns = MappingProxyType(
    {
        "run_id": _TEXT,
        "table": _TEXT,
        "round": _WHOLE,
        "agent": _WHOLE,
        "kind": _TEXT,
        "said_key": _TEXT,
        "item": _TEXT,
        "text_sha256": _TEXT,
        "rubric": _TEXT,
        "outcome": _TEXT,
        "class": _TEXT,
        "probabilities": _REALS,
        "mass": _REAL,
        "level": _TEXT,
        "prompt_sha256": _TEXT,
        "call_key": _TEXT,
        "model": _TEXT,
        "readout": _TEXT,
    }
)
"""`annotations/RUBRIC.parquet`, beside the runs: a row per utterance that was judged. `said_key` is
the `call_key` that the messages or the decisions have for it, `item` what the judge was shown."""
TABLES: Mapping[str, Columns] = MappingProxyType(
    {
        "decisions": DECISIONS,
        "readings": READINGS,
        "interactions": INTERACTIONS,
        "messages": MESSAGES,
        "probes": PROBES,
        "outcomes": OUTCOMES,
    }
)
SOMETIMES: Mapping[str, Columns] = MappingProxyType(
    {"interventions": INTERVENTIONS, "probe_readings": PROBE_READINGS}
)
"""Tables that only some runs have: those in which there is something to tell."""


def table(name: str, rows: list[tuple[object, ...]]) -> pl.DataFrame:
    """Rows in declared column order as a frame with declared types.

    Args:
        name: a key of TABLES or of SOMETIMES.
        rows: tuples, one value a column.
    """
    columns = TABLES.get(name) or SOMETIMES[name]
    return pl.DataFrame(rows, schema=dict(columns), orient="row")
