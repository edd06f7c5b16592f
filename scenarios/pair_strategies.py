"""Strategies that answer the other's moves, for every game of two seats and two options.

"Cooperate" is the first option of the menu, "defect" the second, and a move is what was really
done, noise included. A round that was skipped has left nothing to answer. Where a docstring says
library, the rule is taken as the Axelrod library states it (Knight et al. 2016, Journal of Open
Research Software 4: e35), whose scores the tests compare ours with; names after it are its sources.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from scenarios.game import Ask, Event, Facts, Value
from scenarios.match import Distribution, Record, Strategy

_COOPERATE, _DEFECT = (1.0, 0.0), (0.0, 1.0)
_FORGIVE = (1 / 3, 2 / 3)


def tit_for_tat(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Cooperate first, then do what the other did last (Rapoport, in Axelrod 1980)."""
    return _DEFECT if _other_last(seen) == ask.menu[1] else _COOPERATE


def suspicious_tit_for_tat(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Defect first, then do what the other did last (Boyd & Lorberbaum 1987)."""
    return _COOPERATE if _other_last(seen) == ask.menu[0] else _DEFECT


def bully(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Defect first, then do the opposite of what the other did last (library: Nachbar 1992)."""
    return _COOPERATE if _other_last(seen) == ask.menu[1] else _DEFECT


def generous_tit_for_tat(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Tit for tat that forgives one defection in three.

    1/3 is min(1 - (T - R)/(R - S), (R - P)/(T - P)) at 5, 3, 1, 0 (Nowak & Sigmund 1992).
    """
    return _FORGIVE if _other_last(seen) == ask.menu[1] else _COOPERATE


def tit_for_two_tats(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Defect only after two defections in a row (Axelrod 1984)."""
    if _other_last(seen) != ask.menu[1]:
        return _COOPERATE
    return _DEFECT if _others(reversed(seen), 2) == [ask.menu[1]] * 2 else _COOPERATE


def two_tits_for_tat(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Answer every defection with two (library: Axelrod 1984)."""
    return _DEFECT if _did_lately(seen, ask.menu[1], 2) else _COOPERATE


def hard_tit_for_tat(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Answer every defection with three (library)."""
    return _DEFECT if _did_lately(seen, ask.menu[1], 3) else _COOPERATE


def win_stay_lose_shift(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Cooperate first, then after the same moves, defect after different ones.

    Pavlov of Nowak & Sigmund 1993: repeat a move that paid reward or temptation, else change.
    """
    last = _last(seen)
    return _DEFECT if last and last[0][1] != last[1][1] else _COOPERATE


def alternator(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Cooperate first, then do what it did not do last (library: Axelrod 1984)."""
    last = _last(seen)
    return _DEFECT if last and last[0][1] == ask.menu[0] else _COOPERATE


def periodic_ccd(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Cooperate twice, defect once, and so on (library: Mittal & Deb 2009)."""
    return _DEFECT if sum(_record(seen).others().values()) % 3 == 2 else _COOPERATE


def prober(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Defect, cooperate twice; then exploit who has let that pass (library: Li et al. 2011).

    Who cooperated in the second and third round is defected against for ever, others get tit for
    tat.
    """
    first = _others(seen, 3)
    if len(first) < 3:
        return _COOPERATE if first else _DEFECT
    patient = first[1:] == [ask.menu[0]] * 2
    return _DEFECT if patient else tit_for_tat(seen, ask)


def grim(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Cooperate until the other first defects, then never again (Friedman 1971)."""
    return _DEFECT if _record(seen).others().get(ask.menu[1]) else _COOPERATE


def fool_me_once(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Forgive one defection, defect for ever after the second (library: Harper)."""
    return _DEFECT if _record(seen).others().get(ask.menu[1], 0) > 1 else _COOPERATE


def forgiving_tit_for_tat(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Tit for tat with who has defected in more than a tenth of all rounds (library: Campbell)."""
    if _other_last(seen) != ask.menu[1]:
        return _COOPERATE
    others = _record(seen).others()
    return _DEFECT if 10 * others.get(ask.menu[1], 0) > sum(others.values()) else _COOPERATE


def go_by_majority(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Do what the other has done more often, cooperate when equal (library: Axelrod 1984)."""
    others = _record(seen).others()
    cooperative, uncooperative = ask.menu
    return _DEFECT if others.get(uncooperative, 0) > others.get(cooperative, 0) else _COOPERATE


def hard_go_by_majority(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Do what the other has done more often, defect when equal, so also first (library)."""
    others = _record(seen).others()
    cooperative, uncooperative = ask.menu
    return _COOPERATE if others.get(cooperative, 0) > others.get(uncooperative, 0) else _DEFECT


PAIR_STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        strategy.__name__: strategy
        for strategy in (
            tit_for_tat,
            generous_tit_for_tat,
            tit_for_two_tats,
            win_stay_lose_shift,
            grim,
            suspicious_tit_for_tat,
            two_tits_for_tat,
            hard_tit_for_tat,
            forgiving_tit_for_tat,
            fool_me_once,
            go_by_majority,
            hard_go_by_majority,
            alternator,
            periodic_ccd,
            prober,
            bully,
        )
    }
)
"""By name; all but generous_tit_for_tat are certain of what they do."""


def _last(seen: Sequence[Event]) -> Facts | None:
    """Own and other's move of the last round that was played; None before there was one."""
    for place in range(len(seen) - 1, -1, -1):
        event = seen[place]
        if event.kind == "outcome":
            return event.facts
    return None


def _other_last(seen: Sequence[Event]) -> Value | None:
    """What the other did in the last round that was played."""
    if not seen:
        return None
    # Nearly always the last event; a loop here would be half of the time that a match takes.
    event = seen[-1]
    if event.kind == "outcome":
        return event.facts[1][1]
    last = _last(seen)
    return last[1][1] if last else None


def _did_lately(seen: Sequence[Event], move: str, rounds: int) -> bool:
    """Whether the other did this in one of the last rounds that were played."""
    for event in reversed(seen):
        if event.kind == "outcome":
            if event.facts[1][1] == move:
                return True
            rounds -= 1
            if not rounds:
                return False
    return False


def _others(events: Iterable[Event], count: int) -> list[Value]:
    """The other's first moves among these events, at most so many."""
    found: list[Value] = []
    for event in events:
        if event.kind == "outcome":
            found.append(event.facts[1][1])
            if len(found) == count:
                break
    return found


def _record(seen: Sequence[Event]) -> Record:
    return seen if isinstance(seen, Record) else Record(seen)
