"""What `society power` prints: assumptions, sizes, and the answer."""

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.assumptions import Assumption
from analysis.power import TARGET, Cell, Share
from cli.result import plain_title

_DASH = "\u2013"


def print_power(
    told: Mapping[str, Any], cells: list[Cell], assumed: tuple[Assumption, ...], console: Console
) -> None:
    """Assumptions, sizes with what they can tell, and the answer in a sentence or two.

    Args:
        told: the document that --json gives.
        cells: sizes, the file's own first.
        assumed: standard deviations.
        console: where to.
    """
    which = told["contrast"]
    sds = Table(box=box.SIMPLE_HEAD, title=plain_title("standard deviations reckoned with"))
    for heading in ("component", "sd", "from", ""):
        sds.add_column(heading)
    for one in assumed:
        sds.add_row(*map(Text, (one.label, f"{one.sd:.3f}", one.origin, one.note)))
    console.print(sds)
    title = f"{which['metric']}: {which['a']} minus {which['b']}, effect {told['effect']:g}"
    table = Table(
        box=box.SIMPLE_HEAD,
        title=plain_title(title),
        caption=(
            f"{told['experiments']} simulated experiments each; detectable: the effect found in"
            f" {TARGET:.0%}; none: shown smaller than {told['sesoi']:g} where there is none; limit:"
            " whose spread makes the interval widest; the file's own size first"
        ),
    )
    for heading in ("seeds", "wordings", "pool", "personas", "runs", "contexts"):
        table.add_column(heading, justify="right", overflow="fold")
    for heading in ("power", "detectable", "none", "limit"):
        table.add_column(heading, justify="right", no_wrap=True)
    for place, cell in enumerate(cells):
        table.add_row(*map(Text, _row(cell)), end_section=place == 0)
    console.print(table)
    console.print(_answer(told), markup=False, highlight=False)


def _row(cell: Cell) -> tuple[str, ...]:
    found = cell.found
    detectable = _DASH if found.detectable is None else f"{found.detectable:.3f}"
    return (
        str(cell.seeds),
        str(cell.wordings),
        "all" if cell.pool is None else str(cell.pool),
        f"{cell.personas_a}, {cell.personas_b}",
        str(cell.runs),
        str(cell.contexts),
        _share(found.power),
        detectable,
        f"{found.equivalent.value:.0%}",
        found.limited_by,
    )


def _share(one: Share) -> str:
    return f"{one.value:.0%} ({100 * one.low:.0f}-{100 * one.high:.0f})"


def _answer(told: Mapping[str, Any]) -> str:
    own, needed = told["design"], told["needed"]
    honest = f" Without an effect {own['false_positive']['value']:.0%} of intervals exclude 0."
    if own["power"]["value"] >= TARGET:
        first = "The file as it is finds this effect often enough."
    elif own["detectable"] is None:
        first = "The file as it is gives no interval: it needs at least two of something."
    else:
        first = (
            f"The file as it is detects differences from {own['detectable']:.3f} up; what limits it"
            f" is the number of {own['limited_by']}s."
        )
    if needed is None:
        return (
            f"{first} None of these sizes has a power of {TARGET:.0%}; look at larger ones with"
            " --seeds, --wordings and --personas, or at more scenarios, or at one by --scenario."
            f"{honest}"
        )
    pool = "" if needed["pool"] is None else f", pool {needed['pool']}"
    return (
        f"{first} Needed for a power of {TARGET:.0%}: {needed['seeds']} seeds,"
        f" {needed['wordings']} wordings a scenario{pool}: {needed['runs']} runs of both arms."
        f"{honest}"
    )
