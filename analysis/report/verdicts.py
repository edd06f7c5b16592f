"""The claims in the report: what each is decided by, in units of what would matter."""

from collections.abc import Mapping, Sequence
from typing import Any

from analysis import figures
from analysis.claims import Judgement, PartJudgement, judge
from analysis.figures import Figure
from analysis.report.source import Source
from analysis.report.tables import Table
from analysis.report.words import chance, count, signed, span

_LEAST_POPULATIONS = 2
_REACH = 8.0
_TURN = {"lower": -1, "higher": 1, "either": 1, "none": 1}


def judged(source: Source) -> Mapping[str, Any]:
    """A figure, the verdicts and their numbers; empty where the runs are about none of them."""
    found: list[Judgement] = []
    if source.has_play and len(source.populations) >= _LEAST_POPULATIONS:
        found = judge(source.folder)
    measured = [one for one in found if one.verdict != "not measured"]
    return {
        "figure": _figure(measured),
        "table": _table(measured),
        "numbers": _numbers(measured),
        "open": _open(found),
    }


def _parts(one: Judgement) -> Sequence[PartJudgement]:
    return [part for part in one.parts if part.part.role == "primary"]


def _figure(found: Sequence[Judgement]) -> Figure:
    panels = []
    told = []
    for model in dict.fromkeys(one.model for one in found):
        records = [
            _record(one, part)
            for one in found
            if one.model == model
            for part in _parts(one)
            if part.low is not None
        ]
        if records:
            ends = [abs(record[end]) for record in records for end in ("low", "high", "estimate")]
            reach = min(max(*ends, 1.5) * 1.05, _REACH)
            title = "in smallest effects of interest"
            drawn = [_within(record, reach) for record in records]
            panels.append(figures.titled(figures.forest(drawn, title, 1.0, reach), model))
            told += [str(record["told"]) for record in records]
    return Figure(
        name="claims",
        caption=(
            "What decides each claim, with 95% intervals, in units of its smallest effect of"
            " interest: inside the band nothing matters. Right of zero is what the claim expects;"
            " of a claim that there is nothing, right is more. A diamond is decided. Intervals that"
            " reach beyond the picture are cut at its edge."
        ),
        alternative="; ".join(told),
        panels=tuple(panels),
    )


def _record(one: Judgement, part: PartJudgement) -> dict[str, Any]:
    turn = _TURN[part.part.expects] * part.finding.sign / part.part.sesoi
    ends = sorted(turn * (end or 0.0) for end in (part.low, part.high))
    name = _name(one)
    return {
        "name": f"{name}\n{_short(part)}",
        "estimate": turn * (part.finding.value or 0.0),
        "low": ends[0],
        "high": ends[1],
        "primary": part.verdict != "undecided",
        "told": f"{name}, {part.part.name}: {_number(part)}, {part.verdict}",
    }


def _short(part: PartJudgement) -> str:
    """The part's name, broken where it is long."""
    words, lines = f"{part.part.name} ({part.readout})".split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 30:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _within(record: Mapping[str, Any], reach: float) -> dict[str, Any]:
    cut = {end: min(max(float(record[end]), -reach), reach) for end in ("low", "high", "estimate")}
    return {**record, **cut}


def _table(found: Sequence[Judgement]) -> Table:
    models = len({one.model for one in found}) > 1
    rows = [
        (
            _name(one) + (f", {one.model}" if models else ""),
            one.claim.says,
            one.verdict + (f": {one.reason}" if one.reason else ""),
            one.claim.overturned_by,
        )
        for one in found
    ]
    head = ("Claim", "What it says", "Verdict", "What would overturn it")
    return Table("Verdicts on the claims", head, tuple(rows), texts=4)


def _numbers(found: Sequence[Judgement]) -> Table:
    rows = [
        (
            _name(one),
            f"{part.part.name} ({part.readout})",
            _number(part),
            f"{part.part.sesoi:g} {part.part.unit.partition(',')[0]}",
            chance(part.p_adjusted),
            f"{count(part.finding.n)} {part.finding.unit}s" if part.finding.n else "0",
            f"about {count(part.needed)} {part.finding.unit}s" if part.needed else "",
        )
        for one in found
        for part in _parts(one)
    ]
    head = ("Claim", "Decided by", "Estimate", "Matters from", "p", "n", "Would decide")
    return Table("What decides them; p is corrected", head, tuple(rows), texts=3)


def _name(one: Judgement) -> str:
    return f"{one.claim.name} {one.claim.title}"


def _number(part: PartJudgement) -> str:
    """The number with its interval, or why there is none of either."""
    if part.finding.value is None:
        return part.finding.reason
    value = signed(part.finding.value, 3)
    if part.low is None:
        return f"{value}; {part.finding.reason}"
    return f"{value} {span(part.low, part.high, 3)}"


def _open(found: Sequence[Judgement]) -> str:
    """Which claims these runs are not about."""
    names = [one.claim.name for one in found if one.verdict == "not measured"]
    return ", ".join(dict.fromkeys(names))
