"""What a society did, as plain values for the page: choices, means by round, who did what to whom.

Everything here is a pure function of settled notes; the page gets copies and nothing of the play.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agents.answers import Answer, Decision, Failed, Refusal, Spoken, Unparsed
from analysis.statistics import mean_interval
from scenarios.game import Option
from sim.notes import Settled, Uttered

MOST_LETTERS = 2_000
"""Of a text in the stream; the whole one is in the records."""
_KINDS: Mapping[type[Answer], str] = {
    Decision: "decision",
    Refusal: "refusal",
    Unparsed: "unparsed",
    Failed: "failed",
    Spoken: "spoken",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One choice, or something said.

    Attributes:
        round: 1-based.
        phase: of the round; "words" where something was said.
        agent: who chose.
        partner: whom the choice is about; None where it is about the whole group.
        answer: decision, refusal, unparsed, failed or said.
        action: option key, None unless a decision.
        action_class: of what was chosen, likewise.
        done: class of what was really done; None where nothing took effect.
        menu: option keys.
        probabilities: one per option; None where the readout gives none.
        payoff: points; None in a phase that does not close the round.
        text: what was said or thought, cut off behind `MOST_LETTERS`.
        cut: how many letters were cut off.
    """

    round: int
    phase: str
    agent: int
    partner: int | None
    answer: str
    action: str | None
    action_class: str | None
    done: str | None
    menu: tuple[str, ...]
    probabilities: tuple[float, ...] | None
    payoff: float | None
    text: str
    cut: int

    def as_json(self) -> dict[str, Any]:
        """As the page reads it."""
        return asdict(self)


def tell(one: Settled, classes: Mapping[str, str]) -> list[Told]:
    """Every choice of a phase of one group, in the order of the asks.

    Args:
        one: what was settled.
        classes: class of every option.
    """
    rows = []
    for ask, answer, move, points in zip(
        one.asks, one.answers, one.moves, one.payoffs, strict=True
    ):
        chosen = ask.menu[answer.position] if isinstance(answer, Decision) else None
        reading = answer.reading
        text = reading.text or ""
        rows.append(
            Told(
                round=one.round,
                phase=ask.phase,
                agent=one.members[ask.seat],
                partner=None if ask.about is None else one.members[ask.about],
                answer=_KINDS[type(answer)],
                action=chosen,
                action_class=None if chosen is None else classes.get(chosen),
                done=None if move is None else classes.get(str(move)),
                menu=ask.menu,
                probabilities=reading.distribution,
                payoff=points,
                text=text[:MOST_LETTERS],
                cut=max(0, len(text) - MOST_LETTERS),
            )
        )
    return rows


def tell_words(one: Uttered) -> Told:
    """Something said in a character's own words."""
    words = one.words or ""
    partner = one.targets[0] if len(one.targets) == 1 else None
    kept, cut = words[:MOST_LETTERS], max(0, len(words) - MOST_LETTERS)
    return Told(
        one.round, "words", one.source, partner, "said", None, None, None, (), None, None, kept, cut
    )


def cooperation_of(row: Told, classes: Mapping[str, str]) -> float | None:
    """Probability of the cooperative options; 1 or 0 by the option chosen where none are given.

    Returns:
        None where nothing was decided or the menu offers no cooperative option.
    """
    cooperative = [classes.get(option) == "cooperative" for option in row.menu]
    if row.answer != "decision" or not any(cooperative):
        return None
    if row.probabilities is None:
        return float(row.action_class == "cooperative")
    shares = zip(row.probabilities, cooperative, strict=True)
    return float(sum(share for share, counts in shares if counts))


def by_round(
    rows: Iterable[Told], members: Sequence[str], classes: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Mean cooperation of each member of the population in each round.

    The interval is Student's t over characters, each with the mean of its own choices: it tells how
    characters of this one run differ, and nothing of other runs.

    Args:
        rows: what was told of whole rounds.
        members: the member that each character was cast for, by agent.
        classes: class of every option.

    Returns:
        round, member, value, low, high, n (characters), decisions; in order of round and member.
    """
    cells: defaultdict[tuple[int, str], defaultdict[int, list[float]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in rows:
        value = cooperation_of(row, classes)
        if value is not None:
            cells[row.round, members[row.agent]][row.agent].append(value)
    told = []
    for (number, member), choices in sorted(cells.items()):
        found = mean_interval([sum(own) / len(own) for _, own in sorted(choices.items())])
        told.append(
            {
                "round": number,
                "member": member,
                "value": found.value,
                "low": None if found.low is None else max(0.0, found.low),
                "high": None if found.high is None else min(1.0, found.high),
                "n": found.n,
                "decisions": sum(map(len, choices.values())),
            }
        )
    return told


def links(rows: Iterable[Told]) -> list[tuple[int, int, str | None]]:
    """Who did what to whom: source, target and class of the first act of each directed pair.

    Args:
        rows: of one round.
    """
    found: dict[tuple[int, int], str | None] = {}
    for row in rows:
        if row.partner is not None and row.answer != "said":
            found.setdefault((row.agent, row.partner), row.done)
    return [(*pair, found[pair]) for pair in sorted(found)]


def class_of(options: Iterable[Option]) -> dict[str, str]:
    """The class of every option by its key."""
    return {option.key: option.action_class for option in options}
