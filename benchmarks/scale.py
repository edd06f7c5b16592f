"""How analysis grows with the number of decisions: time and memory of every step, at several sizes.

Writes experiment folders of 0.1, 1 and 10 million decisions, then reads them as the commands do,
each step in a process of its own, and prints what ten times as many decisions took of time: 10 is
linear, less is overhead at the smaller size. `--decisions` names other sizes.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from pathlib import Path

from side_by_side import ROOT, parser, print_versions, show

SIZES, QUICK = (100_000, 1_000_000, 10_000_000), (20_000, 200_000)
_EXAMPLE = ROOT / "examples" / "own_metric.py"


@dataclass(frozen=True, slots=True)
class Took:
    """One step at one size.

    Attributes:
        decisions: in the folder.
        seconds: without imports.
        megabytes: the most that the process ever held, imports included.
    """

    decisions: int
    seconds: float
    megabytes: float


def _write(folder: Path, runs: int) -> None:
    import_module("synthetic").write(folder, runs)


def _score(folder: Path, _: int) -> None:
    """What the executor does at the end of a run, and reading the tables for it."""
    polars, metrics = import_module("polars"), import_module("analysis.metrics")
    for place in sorted((folder / "runs").iterdir()):
        about = json.loads((place / "run.json").read_text(encoding="utf-8"))
        names = ("decisions", "readings", "interactions", "messages", "probes")
        tables = {name: polars.read_parquet(place / f"{name}.parquet") for name in names}
        metrics.score(about, tables).write_parquet(place / "outcomes.parquet")


def _open(folder: Path, _: int) -> None:
    import_module("analysis.folder").open_folder(folder)


def _compare(folder: Path, _: int) -> None:
    opened = import_module("analysis.folder").open_folder(folder)
    import_module("analysis.contrasts").compare(opened, "population", ["cooperation_rate"])


def _compare_all(folder: Path, _: int) -> None:
    opened = import_module("analysis.folder").open_folder(folder)
    import_module("analysis.contrasts").compare(opened, "population")


def _own(folder: Path, _: int) -> None:
    own = import_module("analysis.metrics.own").load([_EXAMPLE])
    opened = import_module("analysis.folder").open_folder(folder).with_own(own)
    import_module("analysis.contrasts").compare(opened, "population", list(own.metrics))


def _claims(folder: Path, _: int) -> None:
    opened = import_module("analysis.folder").open_folder(folder)
    import_module("analysis.claims").judge(opened)


def _count(folder: Path, _: int) -> None:
    opened = import_module("analysis.folder").open_folder(folder)
    column = import_module("polars").col
    rows = opened.table("decisions").group_by("population", "action")
    opened.collected("decisions", rows.agg(column("payoff").sum(), column("round").len()))


def _report(folder: Path, _: int) -> None:
    import_module("analysis.report").write(folder)


STEPS: Mapping[str, Callable[[Path, int], None]] = {
    "write": _write,
    "metrics": _score,
    "open": _open,
    "compare": _compare,
    "compare all": _compare_all,
    "compare own": _own,
    "claims": _claims,
    "aggregate": _count,
    "report": _report,
}
"""Each takes the folder and its number of runs."""
_IMPORTS = (
    "synthetic",
    "analysis.metrics.own",
    "analysis.contrasts",
    "analysis.claims",
    "analysis.report",
)


def carry_out(step: str, folder: Path, runs: int) -> None:
    """Take one step in this process, and print what it took as JSON."""
    for name in _IMPORTS:
        import_module(name)
    started = time.perf_counter()
    STEPS[step](folder, runs)
    seconds = time.perf_counter() - started
    # Kilobytes, but bytes on macOS.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(json.dumps({"seconds": seconds, "megabytes": most}))


def measured(step: str, folder: Path, runs: int) -> Took:
    """Take one step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder), str(runs)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    found = json.loads(done.stdout)
    size = import_module("synthetic").DECISIONS_A_RUN
    return Took(runs * size, found["seconds"], found["megabytes"])


def all_steps(folder: Path, runs: int) -> dict[str, Took]:
    """Every step at one size, in order, printed as they end."""
    found = {}
    for step in STEPS:
        took = found[step] = measured(step, folder, runs)
        rate = took.decisions / took.seconds
        print(
            f"  {took.decisions:>12,} {step:<12} {took.seconds:>9.2f} s {rate:>14,.0f} rows/s"
            f" {took.megabytes:>8,.0f} MB",
            flush=True,
        )
    return found


def show_growth(found: Sequence[Mapping[str, Took]]) -> None:
    """Ratios of time and memory, each size over the one before."""
    for smaller, larger in pairwise(found):
        for step in STEPS:
            one, ten = smaller[step], larger[step]
            times = ten.decisions / one.decisions
            what = f"{step}: {ten.decisions:,} / {one.decisions:,} decisions"
            show(f"{what}: time", ten.seconds / one.seconds, f"<= {times:.1f}")
            show(f"{what}: memory", ten.megabytes / one.megabytes)


def _arguments() -> argparse.Namespace:
    arguments = parser(__doc__)
    arguments.add_argument("--decisions", type=int, nargs="+", help="sizes, in place of the usual")
    arguments.add_argument("--step", choices=list(STEPS), help=argparse.SUPPRESS)
    arguments.add_argument("--folder", type=Path, help="where to write; kept. A temporary one else")
    arguments.add_argument("runs", type=int, nargs="?", help=argparse.SUPPRESS)
    return arguments.parse_args()


def main() -> None:
    """Print time, rate and memory of every step and size, and how they grow."""
    given = _arguments()
    if given.step:
        carry_out(given.step, given.folder, given.runs)
        return
    print_versions()
    size = import_module("synthetic").DECISIONS_A_RUN
    sizes = given.decisions or (QUICK if given.quick else SIZES)
    with tempfile.TemporaryDirectory() as place:
        root = given.folder or Path(place)
        found = [all_steps(root / str(number), max(4, number // size)) for number in sizes]
    show_growth(found)


if __name__ == "__main__":
    main()
