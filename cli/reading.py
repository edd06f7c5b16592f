"""`society report`, `compare` and `graph`: what reads an experiment folder."""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis import contrasts
from analysis import graph as graphs
from analysis.annotations import WithJudges, judged
from analysis.checks import Checks, checks
from analysis.errors import AnalysisError
from analysis.factorial import Effect, factorial
from analysis.folder import Folder as Opened
from analysis.folder import open_folder
from analysis.metrics import own
from analysis.precision import DRAWN, EXACT, Gain, gains
from analysis.report import write as write_report
from cli.options import AsJson, Folder, Metrics, Quiet
from cli.result import plain_title

_GraphFormat = Literal["html", "graphml", "gexf", "png", "svg", "json"]
_DASH = "\u2013"


def report(
    folder: Folder,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="DIR/report.html if not given")
    ] = None,
    metrics: Metrics = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write the report, one self-contained page, and its figures."""
    path = str(write_report(folder, out, own.load(metrics or ())))
    typer.echo(json.dumps({"report": path}) if as_json else path)


def compare(
    folder: Folder,
    by: Annotated[
        list[str],
        typer.Option(
            metavar="FACTOR",
            help="population, scenario, identity ...; repeated: main effects and interactions",
        ),
    ],
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="M", help="may be repeated; if not given, your own or the primary one"
        ),
    ] = None,
    metrics: Metrics = None,
    baseline: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="compare each level with this one")
    ] = None,
    of: Annotated[
        str | None,
        typer.Option(metavar="MEMBER", help="only what this member does, or the focal of series"),
    ] = None,
    readout: Annotated[
        str | None,
        typer.Option(metavar="X", help="only what was read so, where an experiment has several"),
    ] = None,
    checked: Annotated[
        bool,
        typer.Option(
            "--checks", help="beside each: permutation, bootstraps, worst cases of missing answers"
        ),
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Contrasts between the levels of a factor, or main effects and interactions of several."""
    owned = own.load(metrics or ())
    judges = judged(folder, metric or (), owned)
    opened = _read_by(open_folder(folder).with_own(judges), readout, by)
    primary = str(opened.experiment.get("analysis", {}).get("primary", "cooperation_rate"))
    names = metric or list(owned.metrics) or [primary]
    factors = list(dict.fromkeys(by))
    looked_at = opened if of is None else opened.focused(of)
    if len(factors) > 1:
        if baseline is not None:
            raise AnalysisError("--baseline goes with one --by: of several, all pairs are compared")
        effects = factorial(looked_at, factors, names)
        if as_json:
            rows = [{**dataclasses.asdict(c), **_remarked(c.metric, judges)} for c in effects]
            typer.echo(json.dumps(rows, indent=2))
        else:
            _tell_effects(effects, judges.remarks)
            _tell_lock(opened)
        return
    found = contrasts.compare(looked_at, factors[0], names, baseline)
    beside = checks(looked_at, factors[0], found) if checked else []
    gained = {(one.a, one.b): one for one in _gains(looked_at, factors[0], found)}
    if as_json:
        rows = [
            {**dataclasses.asdict(c), **_gain_of(c, gained), **_remarked(c.metric, judges)}
            for c in found
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    _tell_contrasts(found, judges.remarks)
    if beside:
        Console().print(_checks_table(found, beside))
    _tell_lock(opened)
    if told := _told_gain(gained.values()):
        Console().print(told)


def _tell_lock(folder: Opened) -> None:
    """What was registered before the runs."""
    typer.echo(folder.lock.told(len(folder.runs)))


def _tell_contrasts(found: Sequence[contrasts.Contrast], remarks: Mapping[str, str]) -> None:
    """Contrasts, each metric in a table of its own."""
    for name in dict.fromkeys(contrast.metric for contrast in found):
        title = _titled(name, remarks)
        Console().print(_table(title, [c for c in found if c.metric == name]))


def _read_by(folder: Opened, readout: str | None, by: Sequence[str]) -> Opened:
    """What was read in one way, unless ways of reading are what is compared.

    Raises:
        AnalysisError: there are several, and none is chosen.
    """
    if readout is not None:
        return folder.read_by(readout)
    known = sorted({str(run.factors.get("readout")) for run in folder.runs})
    if len(known) > 1 and "readout" not in by:
        raise AnalysisError(
            f"{folder.path}: read by {' and by '.join(known)}, which are never mixed in a number:"
            " choose one with --readout, or compare them by readout"
        )
    return folder


def _gains(folder: Opened, by: str, found: Sequence[contrasts.Contrast]) -> list[Gain]:
    """What exact distributions gain, where a metric of them or its drawn one is shown."""
    return gains(folder, by) if {c.metric for c in found} & {DRAWN, EXACT} else []


def _gain_of(c: contrasts.Contrast, gained: Mapping[tuple[str, str], Gain]) -> dict[str, object]:
    one = gained.get((c.a, c.b)) or gained.get((c.b, c.a))
    if one is None or c.metric not in (DRAWN, EXACT):
        return {}
    return {"relative_efficiency": one.efficiency, "efficiency_n": one.n}


def _told_gain(gained: Iterable[Gain]) -> str:
    """One line over the contrasts; nothing where none has a value."""
    known = [(one.efficiency, one.n) for one in gained if one.b and one.efficiency is not None]
    if not known:
        return ""
    times, runs = zip(*known, strict=True)
    much = f"{min(times):.1f}" if len(times) == 1 else f"{min(times):.1f} to {max(times):.1f}"
    return (
        f"exact distributions: drawn choices would need {much} times as many runs"
        f" (squared errors over {min(runs)} or more runs or pairs)"
    )


def _remarked(metric: str, judges: WithJudges) -> dict[str, str]:
    """What must stand beside a metric of a judge."""
    return {"remark": judges.remarks[metric]} if metric in judges.remarks else {}


def _titled(name: str, remarks: Mapping[str, str]) -> str:
    return f"{name} ({remarks[name]})" if name in remarks else name


def _tell_effects(found: list[Effect], remarks: Mapping[str, str]) -> None:
    """Cells, effects and interactions, each metric in a table of its own."""
    for name in dict.fromkeys(effect.metric for effect in found):
        table = _empty_table(_titled(name, remarks), ("", "estimate", "p corrected", "over"))
        last = ""
        for one in (effect for effect in found if effect.metric == name):
            if one.effect != last:
                table.add_section()
                table.add_row(Text(one.effect, style="bold"))
                last = one.effect
            told = f"  {one.a}\n    minus {one.b}" if one.b else f"  {one.a}"
            p = "" if one.p is None else _number(one.p_adjusted)
            over = f"{one.units} {one.cluster}s"
            cells = (told, _with_interval(one.estimate, one.low, one.high), p, over)
            table.add_row(*map(Text, cells))
        Console().print(table)


def _table(name: str, found: list[contrasts.Contrast]) -> Table:
    table = _empty_table(name, ("a minus b", "difference", "p corrected", "n", "over"))
    for c in found:
        numbers = (_number(c.p_adjusted), str(c.n), f"{c.units} {c.cluster}s")
        told = _with_interval(c.estimate, c.low, c.high)
        mark = "\n  registered" if c.registered else ""
        table.add_row(*map(Text, (f"{c.a}\n  minus {c.b}{mark}", told, *numbers)))
    return table


def _checks_table(found: Sequence[contrasts.Contrast], beside: Sequence[Checks]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        title="checks; permutation and bootstraps over runs alone",
        title_justify="left",
    )
    table.add_column("a minus b", overflow="fold", min_width=22)
    for heading in ("p permuted", "BCa", "bootstrap-t", "missing", "worst cases"):
        table.add_column(heading, overflow="fold")
    for c, one in zip(found, beside, strict=True):
        missing = _DASH if one.missing_a is None else f"{one.missing_a}, {one.missing_b}"
        cells = (
            f"{c.a}\n  minus {c.b}",
            _number(one.p_permutation),
            _span(one.bca_low, one.bca_high),
            _span(one.studentised_low, one.studentised_high),
            missing,
            _span(one.worst_low, one.worst_high),
        )
        table.add_row(*map(Text, cells))
    return table


def _span(low: float | None, high: float | None) -> str:
    return _DASH if low is None else f"[{_number(low)}, {_number(high)}]"


def _empty_table(name: str, headings: Sequence[str]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        title=plain_title(name),
        caption="interval over situations and personas together; over: where most of it comes from",
    )
    first, *others = headings
    table.add_column(first, overflow="fold", min_width=20)
    for heading in others:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _with_interval(value: float | None, low: float | None, high: float | None) -> str:
    return _number(value) + ("" if low is None else f" [{_number(low)}, {_number(high)}]")


def graph(
    folder: Folder,
    run: Annotated[str, typer.Option(metavar="ID", help="a run of this folder")],
    kind: Annotated[_GraphFormat, typer.Option("--format", help="of the file")] = "html",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="DIR/figures/ID.FORMAT if not given")
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write the interaction graph of one run."""
    target = out or folder / "figures" / f"{run}.{kind}"
    path = str(graphs.export(folder, run, kind, target))
    typer.echo(json.dumps({"graph": path}) if as_json else path)


def _number(value: float | None) -> str:
    return _DASH if value is None else f"{value:.3f}"
