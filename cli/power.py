"""`society power`: what an experiment file could find, before it is played."""

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.progress import Progress

from analysis.assumptions import Assumption, assumptions, deviations
from analysis.components import LABELS, Components, check_metric, components
from analysis.folder import open_folder
from analysis.power import TARGET, Asked, Cell, cheapest, power_of
from analysis.simulation import design
from cli.options import AsJson, Quiet
from cli.planning import read_file
from cli.power_tables import print_power
from cli.sizes import Resizer, Sizes, size_of
from scenarios.catalogue import nearest
from sim.errors import ExperimentError
from sim.plan import RunSpec
from sim.schema import Experiment

_BRIEF = 400


@dataclasses.dataclass(frozen=True, slots=True)
class _Contrast:
    """What is planned for."""

    by: str
    a: str
    b: str
    metric: str


def power(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="an experiment file")],
    pilot: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="a pilot, whose variances are reckoned with"),
    ] = None,
    metric: Annotated[
        str | None, typer.Option(metavar="M", help="the primary one if not given")
    ] = None,
    effect: Annotated[
        float | None, typer.Option(min=0, help="difference to find; analysis.sesoi if not given")
    ] = None,
    contrast: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="the first declared one if not given"),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="of this one alone; all pooled if not given")
    ] = None,
    sd: Annotated[
        list[str] | None,
        typer.Option(metavar="COMPONENT=SD", help="assume this; may be repeated"),
    ] = None,
    seeds: Annotated[list[int] | None, typer.Option(min=1, help="sizes to look at")] = None,
    wordings: Annotated[list[int] | None, typer.Option(min=1, help="sizes to look at")] = None,
    personas: Annotated[
        list[int] | None, typer.Option(min=1, help="sizes of the pool to look at")
    ] = None,
    simulations: Annotated[int, typer.Option(min=50, help="experiments at each size")] = _BRIEF,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Runs needed for an effect, or the smallest effect that an experiment would detect."""
    made, every, _ = read_file(file)
    specs = every if scenario is None else _only(every, scenario)
    which = _contrast(made, specs, metric, contrast)
    if pilot is None:
        check_metric(which.metric)
    plan = made.power
    given = {**(plan.deviations() if plan else {}), **_given(sd or ())}
    planted = effect or (plan.effect if plan else None) or made.analysis.sesoi
    asked = Asked(planted, made.analysis.sesoi, made.analysis.alpha, simulations)
    assumed = assumptions(None if pilot is None else _pilot(pilot, which, asked), given)
    sizes = Sizes(seeds or (), wordings or (), personas or ())
    cells = list(_cells((made, str(file), specs), which, (sizes, assumed, asked), quiet=quiet))
    told = _as_table(which, asked, assumed, cells, pilot)
    if as_json:
        typer.echo(json.dumps(told, indent=2))
    else:
        print_power(told, cells, assumed, Console())


def _only(specs: tuple[RunSpec, ...], scenario: str) -> tuple[RunSpec, ...]:
    known = dict.fromkeys(spec.condition.situation for spec in specs)
    if scenario not in known:
        raise ExperimentError(f"--scenario {scenario}: it is not played{nearest(scenario, known)}")
    return tuple(spec for spec in specs if spec.condition.situation == scenario)


def _contrast(
    made: Experiment, specs: tuple[RunSpec, ...], metric: str | None, given: str | None
) -> _Contrast:
    """The contrast that is asked for or declared, else of the first two populations."""
    levels: dict[str, dict[str, None]] = {}
    for spec in specs:
        for factor, level in spec.condition.factors().items():
            levels.setdefault(factor, {})[str(level)] = None
    a, b = _pair(made, list(levels["population"]), given)
    for factor, known in levels.items():
        if a in known and b in known and a != b:
            return _Contrast(factor, a, b, metric or made.analysis.primary)
    every = dict.fromkeys(level for known in levels.values() for level in known)
    strange = a if a not in every else b
    raise ExperimentError(
        f"contrast {a!r}, {b!r}: these are not two levels of one factor{nearest(strange, every)}"
    )


def _pair(made: Experiment, populations: list[str], given: str | None) -> tuple[str, str]:
    if given is not None:
        a, comma, b = given.partition(",")
        if not comma:
            raise ExperimentError(f"--contrast {given}: write two levels, as in guardian,tin-man")
        return a.strip(), b.strip()
    if made.analysis.contrasts:
        return made.analysis.contrasts[0]
    if len(populations) < 2:
        raise ExperimentError("there is one population and no contrast: give --contrast A,B")
    return populations[0], populations[1]


def _given(told: list[str] | tuple[()]) -> dict[str, float]:
    """Standard deviations from the command line."""
    found = {}
    for one in told:
        name, equals, value = one.partition("=")
        name = name.strip().removeprefix("sd_")
        if name not in LABELS:
            raise ExperimentError(f"--sd {one}: no component {name!r}{nearest(name, LABELS)}")
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = -1.0
        if not equals or not 0 <= found[name] < float("inf"):
            raise ExperimentError(f"--sd {one}: write COMPONENT=SD with a number of at least 0")
    return found


def _pilot(folder: Path, which: _Contrast, asked: Asked) -> Components:
    """Components of the pilot, of the two arms where it has them, else of all that it has."""
    opened = open_folder(folder)
    by = which.by if which.by in opened.factors else "population"
    played = set(opened.metadata[by].drop_nulls()) if by in opened.metadata.columns else set()
    arms = [which.a, which.b] if {which.a, which.b} <= played else None
    return components(opened, which.metric, by, asked.alpha, arms)


def _cells(
    file: tuple[Experiment, str, tuple[RunSpec, ...]],
    which: _Contrast,
    how: tuple[Sizes, tuple[Assumption, ...], Asked],
    *,
    quiet: bool,
) -> Iterator[Cell]:
    made, source, specs = file
    wanted, assumed, asked = how
    base = size_of(made, specs)
    most = max([2 * base.seeds, *wanted.seeds])
    resizer = Resizer(made, source, specs, which.by, (which.a, which.b), most)
    sizes = wanted.around(base, resizer.available)
    spread = deviations(assumed)
    with _bar(len(sizes) * asked.experiments, quiet=quiet) as advance:
        for size, table in resizer.layouts(sizes):
            of = design(table, which.by, (which.a, which.b))
            found = power_of(of, spread, asked, advance)
            told = table.filter(pl.col("persona").is_not_null())
            context = ["persona", "paraphrase", "scenario", "wording"]
            yield Cell(
                seeds=size.seeds,
                wordings=size.wordings,
                pool=size.pool,
                personas_a=of.first.personas,
                personas_b=of.second.personas,
                runs=of.runs,
                contexts=told.select(context).n_unique(),
                found=found,
            )


@contextmanager
def _bar(total: int, *, quiet: bool) -> Iterator[Any]:
    """A bar on a terminal; nothing elsewhere."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with Progress(console=console) as bar:
        task = bar.add_task("experiments", total=total)
        yield lambda done: bar.advance(task, done)


def _as_table(
    which: _Contrast,
    asked: Asked,
    assumed: tuple[Assumption, ...],
    cells: list[Cell],
    pilot: Path | None,
) -> dict[str, Any]:
    enough = cheapest(cells)
    return {
        "contrast": dataclasses.asdict(which),
        **dataclasses.asdict(asked),
        "target": TARGET,
        "pilot": None if pilot is None else str(pilot),
        "assumptions": [dataclasses.asdict(one) for one in assumed],
        "design": _flat(cells[0]),
        "grid": [_flat(cell) for cell in cells],
        "needed": None if enough is None else _flat(enough),
    }


def _flat(cell: Cell) -> dict[str, Any]:
    found = dataclasses.asdict(cell)
    return {**found, **found.pop("found")}
