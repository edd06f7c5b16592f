"""A society as a small piece of a page, for notebooks: who plays, and cooperation so far."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from agents.answers import Decision
from scenarios.game import Option
from sim.notes import Notes

_WIDE, _HIGH, _EDGE = 360, 120, 24
_CELL = "text-align:right;padding:2px 6px"


class Chosen(NamedTuple):
    """Decided answers to menus that hold a cooperative option.

    Attributes:
        round: 1-based.
        agent: who chose.
        cooperated: whether the option is classed as cooperative.
    """

    round: int
    agent: int
    cooperated: bool


def chosen(notes: Notes, options: Iterable[Option]) -> list[Chosen]:
    """What `cooperation_rate` counts, in the order of play."""
    cooperative = {option.key for option in options if option.action_class == "cooperative"}
    return [
        Chosen(one.round, one.members[ask.seat], ask.menu[answer.position] in cooperative)
        for one in notes.settled
        for ask, answer in zip(one.asks, one.answers, strict=True)
        if isinstance(answer, Decision) and cooperative & set(ask.menu)
    ]


class Member(NamedTuple):
    """One line of the table.

    Attributes:
        name: of the population's member.
        agents: who plays it.
        payoff: points of all of them together.
    """

    name: str
    agents: frozenset[int]
    payoff: float


def society_html(title: str, members: Sequence[Member], choices: Sequence[Chosen]) -> str:
    """A table of the members and a chart of cooperation by round; needs no network.

    Shares bear their n. There is no interval: choices of one society depend on each other.

    Args:
        title: what is played, and how far.
        members: in any order.
        choices: of the whole society.
    """
    lines = "".join(_line(member, choices) for member in sorted(members))
    heads = "".join(
        f'<th scope="col" style="{_CELL}">{name}</th>'
        for name in ("seats", "cooperative", "choices", "mean payoff")
    )
    head = f'<th scope="col" style="text-align:left">member</th>{heads}'
    return (
        f'<div style="overflow-x:auto"><strong>{escape(title)}</strong>{_chart(choices)}'
        f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _line(member: Member, choices: Sequence[Chosen]) -> str:
    own = [choice.cooperated for choice in choices if choice.agent in member.agents]
    share = f"{sum(own) / len(own):.2f}" if own else "\u2013"
    payoff = f"{member.payoff / len(member.agents):.1f}"
    cells = (str(len(member.agents)), share, str(len(own)), payoff)
    told = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
    return f'<tr><th scope="row" style="text-align:left">{escape(member.name)}</th>{told}</tr>'


def _chart(choices: Sequence[Chosen]) -> str:
    """Share of cooperative choices by round; nothing before the first one."""
    by_round: dict[int, list[bool]] = {}
    for choice in choices:
        by_round.setdefault(choice.round, []).append(choice.cooperated)
    if not by_round:
        return ""
    shares = {when: sum(did) / len(did) for when, did in sorted(by_round.items())}
    last = max(shares)
    points = [
        (
            _EDGE + (_WIDE - 2 * _EDGE) * ((when - 1) / (last - 1) if last > 1 else 0.5),
            _EDGE + (_HIGH - 2 * _EDGE) * (1 - share),
            f"round {when}: {share:.2f} of {len(by_round[when])} choices",
        )
        for when, share in shares.items()
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{told}</title></circle>'
        for x, y, told in points
    )
    said = "; ".join(told for *_, told in points)
    top, bottom = _EDGE, _HIGH - _EDGE
    # The text's own colour, so that it is seen on light and on dark pages.
    return (
        f'<svg viewBox="0 0 {_WIDE} {_HIGH}" width="{_WIDE}" height="{_HIGH}" role="img"'
        f' style="display:block;max-width:100%" fill="currentColor" font-size="11"'
        f' aria-label="Share of cooperative choices. {said}">'
        f'<g stroke="currentColor" stroke-opacity="0.3"><path d="M{_EDGE} {top}H{_WIDE - _EDGE}'
        f'M{_EDGE} {bottom}H{_WIDE - _EDGE}"/></g>'
        f'<text x="4" y="{top + 4}">1</text><text x="4" y="{bottom + 4}">0</text>'
        f'<text x="{_EDGE}" y="14">share of cooperative choices, rounds 1 to {last}</text>'
        f'<polyline points="{path}" fill="none" stroke="currentColor" stroke-width="1.5"/>'
        f"{dots}</svg>"
    )
