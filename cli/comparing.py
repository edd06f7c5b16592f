"""`society compare`: contrasts of one factor, or effects and interactions of several."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer
from rich.console import Console

from analysis import contrasts
from analysis.annotations import WithJudges, judged
from analysis.checks import resampled, worst
from analysis.errors import AnalysisError
from analysis.factorial import factorial
from analysis.folder import Folder as Opened
from analysis.folder import open_folder
from analysis.metrics import own
from analysis.precision import DRAWN, EXACT, Gain, gains
from cli import contrast_tables
from cli.options import AsJson, Folder, Metrics, Quiet


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
            "--checks", help="beside each: a permutation test and two bootstraps over runs"
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
    asked = _Asked(looked_at, factors, names, judges, as_json=as_json)
    if len(factors) > 1:
        if baseline is not None:
            raise AnalysisError("--baseline goes with one --by: of several, all pairs are compared")
        _effects(asked)
    else:
        _contrasts(asked, baseline, checked=checked)
    if not as_json:
        typer.echo(opened.lock.told(len(opened.runs)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is compared, and how it is told."""

    folder: Opened
    by: Sequence[str]
    metrics: Sequence[str]
    judges: WithJudges
    as_json: bool


def _effects(asked: _Asked) -> None:
    found = factorial(asked.folder, asked.by, asked.metrics)
    if asked.as_json:
        _print([{**asdict(one), **_remarked(one.metric, asked.judges)} for one in found])
        return
    for name in dict.fromkeys(one.metric for one in found):
        own = [one for one in found if one.metric == name]
        Console().print(contrast_tables.effects(_titled(name, asked.judges.remarks), own))


def _contrasts(asked: _Asked, baseline: str | None, *, checked: bool) -> None:
    folder, by = asked.folder, asked.by[0]
    found = contrasts.compare(folder, by, asked.metrics, baseline)
    cases = worst(folder, by, found)
    beside = resampled(folder, by, found) if checked else []
    gained = {(one.a, one.b): one for one in _gains(folder, by, found)}
    if asked.as_json:
        extra = [asdict(one) for one in beside] or [{} for _ in found]
        _print(
            {
                **asdict(one),
                **asdict(case),
                **more,
                **_gain_of(one, gained),
                **_remarked(one.metric, asked.judges),
            }
            for one, case, more in zip(found, cases, extra, strict=True)
        )
        return
    for name in dict.fromkeys(one.metric for one in found):
        own = [one for one in found if one.metric == name]
        Console().print(contrast_tables.contrasts(_titled(name, asked.judges.remarks), own))
    if beside:
        Console().print(contrast_tables.resampled(found, beside))
    if any(case.missing_a or case.missing_b for case in cases):
        Console().print(contrast_tables.missing(found, cases))
    if told := _told_gain(gained.values()):
        Console().print(told)


def _print(rows: Iterable[Mapping[str, Any]]) -> None:
    typer.echo(json.dumps(list(rows), indent=2))


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
