"""Reading an experiment folder: its runs, its tables, its manifest. Only whole runs are seen."""

import json
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from analysis.errors import AnalysisError, FolderError, UnknownNameError
from analysis.outcomes import Declared, Own, of_member
from analysis.registration import Registration, registration
from analysis.run_record import RunRecord
from scenarios.catalogue import nearest
from sim.records import SOMETIMES, TABLES

FOCAL = "focal"
"""Stands for the member of each series that is replaced, and whose behaviour is looked at."""
LATER = frozenset({"focal"})
"""Columns of decisions that folders of earlier versions lack: null there."""
UNNAMED: Mapping[str, str] = {"placement": "random"}
"""Level of a factor in runs that do not name it; other factors have none there."""
PART_BYTES = 2**20
"""Compressed decisions of a part; some hundred thousand rows, or a single run if it has more."""
_REMEDY = "give the folder that `society sweep` or `society run --out` wrote"


@dataclass(frozen=True)
class Folder:
    """An experiment folder.

    Attributes:
        path: the folder.
        runs: every whole run, in order of run_id.
        of: the member of the populations that outcomes are read of, FOCAL for the one of each
            series that is replaced; None for everybody.
        given: outcomes to look at in place of all others; None for the stored ones and the own.
        only: the metrics that outcomes are read of; None for all.
        own: metrics of the user's own, measured when outcomes are read.
    """

    path: Path
    runs: tuple[RunRecord, ...]
    of: str | None = None
    only: frozenset[str] | None = None
    own: Own | None = None
    given: pl.DataFrame | None = field(default=None, repr=False, compare=False)

    def with_outcomes(self, outcomes: pl.DataFrame) -> "Folder":
        """The same runs with other outcomes, for example those that missing answers allow.

        Args:
            outcomes: in the columns of `sim.records.OUTCOMES`, of everybody.
        """
        return replace(self, given=outcomes)

    def focused(self, of: str) -> "Folder":
        """The same folder, with the outcomes of one member alone: in place of whole runs too.

        Args:
            of: a member of the populations, or FOCAL.

        Raises:
            UnknownNameError: no such member.
            AnalysisError: FOCAL, and no population is of a series.
        """
        members = dict.fromkeys(who.member for run in self.runs for who in run.characters)
        if of == FOCAL and not self.characters["focal"].any():
            raise AnalysisError(
                f"{self.path}: nobody is focal, since no population is of a series; name a member"
                f"{nearest(FOCAL, members)}"
            )
        if of != FOCAL and of not in members:
            raise UnknownNameError(
                f"{self.path}: no member {of!r}{nearest(of, {**members, FOCAL: None})}"
            )
        return replace(self, of=of)

    def narrowed(self, metrics: Iterable[str]) -> "Folder":
        """The same folder, with the outcomes in these metrics alone: no others are read."""
        return replace(self, only=frozenset(metrics))

    def with_own(self, own: Own) -> "Folder":
        """The same folder, to be read in these metrics of the user's own too."""
        return replace(self, own=own)

    @property
    def own_metrics(self) -> Mapping[str, Declared]:
        """The user's own metrics by name; empty without any."""
        return {} if self.own is None else self.own.metrics

    def read_by(self, readout: str) -> "Folder":
        """The runs that were read in one way; those of several are never mixed in a number.

        Args:
            readout: as the experiment asks for it.

        Raises:
            UnknownNameError: no run was read so.
        """
        known = dict.fromkeys(str(run.factors.get("readout")) for run in self.runs)
        if readout not in known:
            raise UnknownNameError(f"{self.path}: no readout {readout!r}{nearest(readout, known)}")
        kept = tuple(run for run in self.runs if run.factors.get("readout") == readout)
        return replace(self, runs=kept)

    def table(self, name: str) -> pl.LazyFrame:
        """One table of all runs together, in order of run_id, unread until collected.

        Args:
            name: a key of `sim.records.TABLES`, or of SOMETIMES, which not every run has.
        """
        columns = dict(TABLES.get(name) or SOMETIMES[name])
        files = [self._file(run.run_id, name) for run in self.runs]
        if name in SOMETIMES:
            files = [file for file in files if file.is_file()]
        if not files:
            return pl.LazyFrame(schema=columns)
        if LATER.isdisjoint(columns):
            return pl.scan_parquet(files, glob=False).select(list(columns))
        return pl.scan_parquet(
            files, glob=False, schema=columns, missing_columns="insert", extra_columns="ignore"
        )

    def read(self, name: str, where: pl.Expr | None = None) -> pl.DataFrame:
        """One table of all runs together; of large ones `collected` reads what is needed.

        Args:
            name: as in `table`.
            where: only its rows that fulfil this; None for all.

        Raises:
            FolderError: a file of the table cannot be read or lacks a column.
        """
        found = self.table(name)
        return self.collected(name, found if where is None else found.filter(where))

    def collected(self, name: str, wanted: pl.LazyFrame) -> pl.DataFrame:
        """What is wanted of a table, read piece by piece; only what comes of it is held.

        Args:
            name: of the table.
            wanted: made from `table(name)`.

        Raises:
            FolderError: a file of the table cannot be read or lacks a column.
        """
        try:
            if name in TABLES and not LATER.isdisjoint(TABLES[name]):
                self._require(name)
            return wanted.collect(engine="streaming")
        except (pl.exceptions.PolarsError, OSError) as error:
            raise FolderError(f"{self.path}: table {name!r} cannot be read: {error}") from None

    def of_runs(self, run_ids: Collection[str]) -> "Folder":
        """The same folder with some of its runs alone."""
        return replace(self, runs=tuple(run for run in self.runs if run.run_id in run_ids))

    def parts(self, part_bytes: int = PART_BYTES) -> Iterator["Folder"]:
        """The same folder piece by piece, in order: whole runs, few enough to be held together.

        What grows with decisions is read so: each part is reduced to what is wanted of it before
        the next one is read.
        """
        part: list[RunRecord] = []
        size = 0
        for run in self.runs:
            here = self._file(run.run_id, "decisions").stat().st_size
            if part and size + here > part_bytes:
                yield replace(self, runs=tuple(part))
                part, size = [], 0
            part.append(run)
            size += here
        yield replace(self, runs=tuple(part))

    def _require(self, name: str) -> None:
        for run in self.runs:
            has = pl.read_parquet_schema(self._file(run.run_id, name))
            lacking = set(TABLES[name]) - LATER - set(has)
            if lacking:
                raise pl.exceptions.ColumnNotFoundError(f"{run.run_id} has no {min(lacking)}")

    def run(self, run_id: str) -> RunRecord:
        """One run by its id.

        Raises:
            UnknownNameError: no whole run of that id.
        """
        if run_id not in self._by_id:
            hint = nearest(run_id, self._by_id)
            raise UnknownNameError(f"{self.path}: no run {run_id!r}{hint}")
        return self._by_id[run_id]

    def run_tables(self, run_id: str) -> dict[str, pl.DataFrame]:
        """Every table that one run has.

        Raises:
            UnknownNameError: no whole run of that id.
            FolderError: a table cannot be read.
        """
        self.run(run_id)
        return dict(RunTables(self, run_id))

    def run_table(self, run_id: str, name: str) -> pl.DataFrame:
        """One table of one run.

        Raises:
            KeyError: the run has no such table.
            FolderError: it cannot be read.
        """
        file = self._file(run_id, name)
        if name not in TABLES and not file.is_file():
            raise KeyError(name)
        try:
            return pl.read_parquet(file)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise FolderError(f"{self.path}: run {run_id} cannot be read: {error}") from None

    @cached_property
    def factors(self) -> tuple[str, ...]:
        """Names of the design's factors, the seed not among them, as the runs declare them."""
        return tuple(dict.fromkeys(name for run in self.runs for name in run.factors))

    @cached_property
    def metadata(self) -> pl.DataFrame:
        """A row per run: run_id, condition, seed, then a text column per factor.

        A factor that a run does not name is null, or the level in which nothing was changed.
        """
        rows = [
            {
                "run_id": run.run_id,
                "condition": run.condition,
                "seed": run.seed,
                **{name: _level(run, name) for name in self.factors},
            }
            for run in self.runs
        ]
        texts = {name: pl.String() for name in self.factors}
        schema = {"run_id": pl.String(), "condition": pl.String(), "seed": pl.Int64(), **texts}
        return pl.DataFrame(rows, schema=schema)

    @cached_property
    def characters(self) -> pl.DataFrame:
        """A row per character: run_id, agent, paraphrase, focal, member, persona, coordinates."""
        texts = ("member", "persona", "identity", "affect", "stance", "kind", "strategy")
        rows = [
            (
                run.run_id,
                who.agent,
                who.paraphrase,
                who.focal,
                *(getattr(who, name) for name in texts),
            )
            for run in self.runs
            for who in run.characters
        ]
        numbers = {"agent": pl.Int64(), "paraphrase": pl.Int64(), "focal": pl.Boolean()}
        schema = {"run_id": pl.String(), **numbers, **{name: pl.String() for name in texts}}
        return pl.DataFrame(rows, schema=schema, orient="row")

    @property
    def looked_at(self) -> pl.DataFrame:
        """Those of `characters` that outcomes are read of."""
        if self.of is None:
            return self.characters
        is_meant = pl.col("focal") if self.of == FOCAL else pl.col("member") == self.of
        return self.characters.filter(is_meant)

    @cached_property
    def outcomes(self) -> pl.DataFrame:
        """The outcomes of all runs, read once: in some metrics, of one member, if so narrowed.

        Of all metrics together, undefined values of agents are left out. The user's own metrics
        come behind the stored ones.

        Raises:
            FolderError: a file cannot be read.
            AnalysisError: a metric of the user's own does not do.
        """
        found = self._found() if self.given is None else self.given
        if self.only is not None:
            found = found.filter(pl.col("metric").is_in(sorted(self.only)))
        return found if self.of is None else of_member(found, self.looked_at)

    def _found(self) -> pl.DataFrame:
        """Stored outcomes and own ones; of no other metrics than are looked at."""
        if self.only is None:
            # Most metrics are of other games, and undefined for every single agent.
            wanted = (pl.col("scope") != "agent") | pl.col("value").is_not_null()
        else:
            wanted = pl.col("metric").is_in(sorted(self.only))
        stored = self.table("outcomes").filter(wanted)
        found = self.collected("outcomes", stored)
        names = [name for name in self.own_metrics if self.only is None or name in self.only]
        if self.own is None or not names:
            return found
        runs = ((run, RunTables(self, run.run_id)) for run in self.runs)
        return pl.concat([found, self.own.outcomes(names, runs)])

    @cached_property
    def experiment(self) -> Mapping[str, Any]:
        """The experiment file as resolved.

        Raises:
            FolderError: not TOML.
        """
        path = self.path / "experiment.toml"
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise FolderError(f"{path}: cannot be read: {error}") from None

    @cached_property
    def lock(self) -> Registration:
        """What was registered before the runs.

        Raises:
            FolderError: the experiment file is not TOML.
        """
        return registration(self.path, self.experiment)

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """Versions, hashes and times.

        Raises:
            FolderError: missing or not a JSON object.
        """
        return _json_object(self.path / "manifest.json")

    @cached_property
    def _by_id(self) -> dict[str, RunRecord]:
        return {run.run_id: run for run in self.runs}

    def _file(self, run_id: str, table: str) -> Path:
        return self.path / "runs" / run_id / f"{table}.parquet"


class RunTables(Mapping[str, pl.DataFrame]):
    """The tables that one run has, each read when it is first looked at."""

    def __init__(self, folder: Folder, run_id: str) -> None:
        """Nothing is read yet."""
        self._folder, self._run_id = folder, run_id
        self._read: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._read:
            self._read[name] = self._folder.run_table(self._run_id, name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        yield from TABLES
        runs = self._folder.path / "runs" / self._run_id
        yield from (name for name in SOMETIMES if (runs / f"{name}.parquet").is_file())

    def __len__(self) -> int:
        return sum(1 for _ in self)


def open_folder(path: Path | str) -> Folder:
    """The experiment folder at a path.

    Args:
        path: the folder that holds `experiment.toml` and `runs/`.

    Raises:
        FolderError: not an experiment folder, or a run in it cannot be read.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise FolderError(f"{folder}: no such folder; {_REMEDY}")
    for needed in ("experiment.toml", "runs"):
        if not (folder / needed).exists():
            raise FolderError(f"{folder}: not an experiment folder (no {needed}); {_REMEDY}")
    places = sorted(place for place in (folder / "runs").iterdir() if _is_whole(place))
    return Folder(folder, tuple(_run(place) for place in places))


def level(value: object) -> str:
    """A factor's level as text; a table or list as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _level(run: RunRecord, name: str) -> str | None:
    return level(run.factors[name]) if name in run.factors else UNNAMED.get(name)


def _is_whole(place: Path) -> bool:
    """Whether a folder in `runs/` is a finished run; temporary ones begin with a dot."""
    if place.name.startswith(".") or not place.is_dir():
        return False
    names = ["run.json", *(f"{table}.parquet" for table in TABLES)]
    return all((place / name).is_file() for name in names)


def _run(place: Path) -> RunRecord:
    path = place / "run.json"
    run = RunRecord.parse(_json_object(path), where=str(path))
    if run.run_id != place.name:
        raise FolderError(f"{path}: run_id is {run.run_id!r}, but its folder is {place.name!r}")
    return run


def _json_object(path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FolderError(f"{path}: cannot be read: {error}") from None
    if not isinstance(document, dict):
        raise FolderError(f"{path}: must hold a JSON object")
    return document
