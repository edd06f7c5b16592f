"""Tables of contrasts and effects, and of what stands beside them."""

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from analysis.checks import Resampled, Worst
from analysis.contrasts import Contrast
from analysis.factorial import Effect
from cli.result import plain_title

_DASH = "\u2013"


def contrasts(title: str, found: Sequence[Contrast]) -> Table:
    """Contrasts in one metric."""
    table = _given(title, ("a minus b", "difference", "p corrected", "n", "over"))
    for c in found:
        numbers = (_number(c.p_adjusted), str(c.n), f"{c.units} {c.cluster}s")
        told = _with_interval(c.estimate, c.low, c.high)
        mark = "\n  registered" if c.registered else ""
        table.add_row(*map(Text, (f"{c.a}\n  minus {c.b}{mark}", told, *numbers)))
    return table


def effects(title: str, found: Sequence[Effect]) -> Table:
    """Cells, effects and interactions in one metric."""
    table = _given(title, ("", "estimate", "p corrected", "over"))
    last = ""
    for one in found:
        if one.effect != last:
            table.add_section()
            table.add_row(Text(one.effect, style="bold"))
            last = one.effect
        told = f"  {one.a}\n    minus {one.b}" if one.b else f"  {one.a}"
        p = "" if one.p is None else _number(one.p_adjusted)
        over = f"{one.units} {one.cluster}s"
        cells = (told, _with_interval(one.estimate, one.low, one.high), p, over)
        table.add_row(*map(Text, cells))
    return table


def resampled(found: Sequence[Contrast], beside: Sequence[Resampled]) -> Table:
    """Permutation tests and bootstraps over runs."""
    table = _beside("over runs alone", ("p permuted", "BCa", "bootstrap-t"))
    for c, one in zip(found, beside, strict=True):
        cells = (
            _number(one.p_permutation),
            _span(one.bca_low, one.bca_high),
            _span(one.studentised_low, one.studentised_high),
        )
        table.add_row(*map(Text, (_told(c), *cells)))
    return table


def missing(found: Sequence[Contrast], cases: Sequence[Worst]) -> Table:
    """Contrasts of which answers are missing, and how far these could move the difference."""
    table = _beside("missing answers", ("missing at a, b", "worst cases"))
    for c, case in zip(found, cases, strict=True):
        if case.missing_a or case.missing_b:
            cells = (
                f"{case.missing_a}, {case.missing_b}",
                _span(case.worst_low, case.worst_high),
            )
            table.add_row(*map(Text, (_told(c), *cells)))
    return table


def _given(title: str, headings: Sequence[str]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        title=plain_title(title),
        caption="interval over situations and personas together; over: where most of it comes from",
    )
    first, *others = headings
    table.add_column(first, overflow="fold", min_width=20)
    for heading in others:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _beside(title: str, headings: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    table.add_column("a minus b", overflow="fold", min_width=22)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _told(c: Contrast) -> str:
    return f"{c.metric}\n  {c.a}\n  minus {c.b}"


def _with_interval(value: float | None, low: float | None, high: float | None) -> str:
    return _number(value) + ("" if low is None else f" [{_number(low)}, {_number(high)}]")


def _span(low: float | None, high: float | None) -> str:
    return _DASH if low is None else f"[{_number(low)}, {_number(high)}]"


def _number(value: float | None) -> str:
    return _DASH if value is None else f"{value:.3f}"
