"""What a page's scripts read of a run: compact JSON values, with every text fit to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import cos, pi, sin
from typing import Any

from analysis.graph.blocks import blocks, flows, is_large
from analysis.graph.words import shown
from analysis.play import Play
from analysis.run_record import CharacterRecord

LONGEST = 1_000
"""Characters of one message or thought that a page shows."""
LONGEST_PERSONA = 6_000
MOST_WORDS = 600_000
"""Characters of all messages and thoughts of a run that a page holds; what comes later is only
counted. The tables have all."""


def payload(play: Play) -> dict[str, Any]:
    """The run as compact JSON values: texts once, rows as arrays that point into them.

    Returns:
        `words` is looked up by the indices in `links`
        ([round, source, target, action, class, payoff]), `moves`
        ([round, agent, partner, answer, action, class, menu, probabilities, payoff, phase, facts]),
        `sayings` ([round, agent, kind, text, length of the whole text, targets]) and `told`
        ([round, agent, kind, arm, text]). A large society has instead `blocks`
        ([member, characters, x, y, points so far by round]) and `flows`
        ([round or 0 for all, source, target, cooperative, neutral, uncooperative, low, high]).
    """
    about = {
        "run_id": shown(play.run.run_id),
        "seed": play.run.seed,
        "scenario": shown(play.run.scenario),
        "population": shown(play.population),
        "wording": shown(play.run.factors.get("wording")),
        "memory": shown(play.run.factors.get("memory")),
        "rounds": play.rounds,
        "size": len(play.run.characters),
        "missing": sum(move.answer != "decision" for move in play.moves),
    }
    return {**about, **(_in_blocks(play) if is_large(play) else _one_by_one(play))}


def _in_blocks(play: Play) -> dict[str, Any]:
    found = blocks(play)
    places = ring(len(found))
    return {
        "blocks": [
            [shown(block.member), block.size, *place, list(map(_rounded, block.points))]
            for block, place in zip(found, places, strict=True)
        ],
        "flows": [
            [
                *(flow.round, flow.source, flow.target),
                *(flow.cooperative, flow.neutral, flow.uncooperative),
                *(round(flow.low, 4), round(flow.high, 4)),
            ]
            for flow in flows(play)
        ],
    }


def ring(count: int) -> list[tuple[float, float]]:
    """Places on a circle in the unit square, from the top on; one alone stands in the middle."""
    if count == 1:
        return [(0.5, 0.5)]
    turns = [2 * pi * place / count - pi / 2 for place in range(count)]
    return [(round(0.5 + 0.5 * cos(turn), 4), round(0.5 + 0.5 * sin(turn), 4)) for turn in turns]


def _one_by_one(play: Play) -> dict[str, Any]:
    words = _Words()
    links = [
        [
            *(link.round, link.source, link.target),
            *(words.index(link.action), words.index(link.action_class), link.payoff),
        ]
        for link in play.links
    ]
    moves = [
        [
            *(move.round, move.agent, move.partner),
            *(words.index(text) for text in (move.answer, move.action, move.action_class)),
            [words.index(option) for option in move.menu],
            None if move.probabilities is None else list(map(_rounded, move.probabilities)),
            move.payoff,
            *(words.index(move.phase), words.index(_clipped(move.facts, LONGEST))),
        ]
        for move in play.moves
    ]
    told = [
        [
            *(one.round, one.agent),
            *map(words.index, (one.kind, one.arm, _clipped(one.text, LONGEST))),
        ]
        for one in play.told
    ]
    return {
        "characters": [_character(play, who) for who in play.run.characters],
        "links": links,
        "moves": moves,
        "sayings": _sayings(play, words),
        "told": told,
        # Last, when all are known.
        "words": words.known,
    }


def _sayings(play: Play, words: "_Words") -> list[list[Any]]:
    rows, left = [], MOST_WORDS
    for one in play.sayings:
        kept = _clipped(one.text, LONGEST) or ""
        left -= len(kept)
        text = words.index(kept) if left >= 0 else None
        rows.append(
            [one.round, one.agent, words.index(one.kind), text, len(one.text), list(one.targets)]
        )
    return rows


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _clipped(text: str | None, most: int) -> str | None:
    if text is None or len(text) <= most:
        return text
    return text[:most] + "\u2026"


@dataclass
class _Words:
    """Each text once; rows hold its index."""

    known: list[str] = field(default_factory=list)
    _indices: dict[str, int] = field(default_factory=dict)

    def index(self, word: str | None) -> int | None:
        if word is None:
            return None
        if word not in self._indices:
            self._indices[word] = len(self.known)
            self.known.append(str(shown(word)))
        return self._indices[word]


def _character(play: Play, who: CharacterRecord) -> Mapping[str, Any]:
    x, y = play.positions[who.agent]
    texts = {
        "member": who.member,
        "persona": who.persona,
        "identity": who.identity,
        "affect": who.affect,
        "stance": who.stance,
        "source": who.source,
        "text": _clipped(who.text, LONGEST_PERSONA),
        "strategy": who.strategy,
    }
    fit = {key: shown(value) for key, value in texts.items()}
    return {"agent": who.agent, **fit, "x": x, "y": y}
