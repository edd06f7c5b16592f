"""From stored outcomes to replicates: what each level of a factor gave, run by run."""

from collections.abc import Mapping, Sequence

import polars as pl

from analysis.cells import Cells
from analysis.errors import AnalysisError, UnknownNameError
from analysis.estimator import LEAST_PERSONAS, Key, Sample, Text
from analysis.folder import Folder
from scenarios.catalogue import nearest

COORDINATES = ("identity", "affect", "stance", "persona")
"""What characters differ in; "persona" is the population's member."""
MIXES = frozenset({"population", "series", "share"})
"""Factors that say who plays: a series and its share are told by the population."""
PERSONAL = frozenset({*MIXES, *COORDINATES})
"""Factors whose levels are played by different personas."""


_TOLD = ("affirmed", "denied", "irrelevant")
"""Without a persona these are texts of their own."""
Samples = Mapping[tuple[str, str], Sample]
"""By metric and level."""
_RUN = ("metric", "level", "scenario", "wording", "pair")


def levels(folder: Folder, by: str) -> list[str]:
    """The levels of a factor that the runs have, numbers by size, else by name.

    Raises:
        UnknownNameError: neither a factor of the design nor a coordinate.
        AnalysisError: fewer than two levels.
    """
    _check(folder, by)
    column = folder.characters[_column(by)] if by in COORDINATES else folder.metadata[by]
    found = sorted(column.drop_nulls().unique().to_list(), key=_by_size)
    if len(found) < 2:
        has = f"only {found[0]!r}" if found else "no value"
        raise AnalysisError(f"{folder.path}: {by!r} has {has}; there is nothing to compare")
    return found


def _check(folder: Folder, by: str) -> None:
    known = dict.fromkeys([*folder.factors, *COORDINATES])
    if by not in known:
        raise UnknownNameError(f"{folder.path}: no factor {by!r}{nearest(by, known)}")


def samples(folder: Folder, by: str, scenario: str | None = None) -> Samples:
    """Replicates of every metric at every level; undefined values are left out.

    Factors are read off whole runs. Coordinates are read off agents, pooled inside each run by
    their observations, so that mixed populations compare their members within the run.

    Args:
        folder: the experiment.
        by: a factor of the design or a coordinate.
        scenario: only its runs; None for all.
    """
    runs = _runs(folder, by, scenario)
    who = _cast(folder, by, runs)
    found: dict[tuple[str, str], Sample] = {}
    # One metric at a time: with who played beside them, all together would be many times as large.
    for outcomes in _defined(folder.outcomes).partition_by("metric"):
        agents = _agents(outcomes, who)
        values = agents if by in COORDINATES else _wholes(outcomes, runs)
        by_run = weighted_means(values, [*_RUN, "run_id"])
        found |= collect(by_run.rename({"mean": "value"}), agents)
    return {place: found[place] for place in sorted(found)}


def collect(runs: pl.DataFrame, agents: pl.DataFrame) -> Samples:
    """Samples by metric and level.

    Args:
        runs: metric, level, scenario, wording, pair, value; undefined values left out.
        agents: metric, level, scenario, wording, pair, member, persona, paraphrase, strategy,
            value, weight.
    """
    by_pair = runs.group_by(_RUN).agg(pl.col("value").sort().mean()).sort(_RUN)
    found: dict[tuple[str, str], dict[Key, float]] = {}
    for metric, level, scenario, wording, pair, value in by_pair.iter_rows():
        found.setdefault((metric, level), {})[Key(scenario, wording, pair)] = value
    told = _units(agents)
    texts, cells = _texts(told), _cells(told)
    shares, personas = _shares(agents), _personas(agents)
    return {
        place: Sample(
            found.get(place, {}),
            texts.get(place, {}),
            shares.get(place, {}),
            personas.get(place, 0),
            cells.get(place, Cells()),
        )
        for place in sorted(found.keys() | texts.keys())
    }


def observed(folder: Folder, by: Sequence[str], metric: str) -> pl.DataFrame:
    """Defined outcomes of agents in one metric, with their level of several factors.

    Of a metric that is measured for members and not for agents, those of members.

    Returns:
        A text column for each factor, null where a character has no level; then "in scenario",
        "in wording" and "pair" as in `Key`; run_id, member, kind, paraphrase, and told (what is
        told about the persona beside its own text, "" for nothing); person (null for scripted seats
        and for members of several persons), the same for everything that is told from one person's
        answers; value and weight.

    Raises:
        UnknownNameError: neither a factor of the design nor a coordinate.
    """
    for name in by:
        _check(folder, name)
    pair, strata = pairing(folder.factors, by, folder.metadata.columns)
    places = {f"in {name}": stratum for name, stratum in strata.items()}
    coordinates = [name for name in by if name in COORDINATES]
    runs = folder.metadata.select(
        "run_id", *(name for name in by if name not in COORDINATES), pair=pair, **places
    )
    who = folder.characters.select(
        "run_id",
        "member",
        "kind",
        "paraphrase",
        told=told(),
        **{name: pl.col(_column(name)) for name in coordinates},
        subject=pl.col("agent").cast(pl.String),
        person=pl.when(pl.col("strategy").is_null()).then(person()),
    )
    values = folder.narrowed([metric]).outcomes
    if "agent" not in values["scope"].unique():
        who = _of_members(who)
        values = _defined(values.filter(pl.col("scope") == "persona"))
    else:
        values = _defined(values.filter(pl.col("scope") == "agent"))
    joined = values.join(who, on=["run_id", "subject"]).join(runs, on="run_id")
    about = ("run_id", "member", "kind", "paraphrase", "told", "person")
    weight = pl.col("n").cast(pl.Float64)
    return joined.select(*by, *places, "pair", *about, "value", weight=weight)


def _of_members(who: pl.DataFrame) -> pl.DataFrame:
    """A row per member of a run: what its characters share, null where they differ."""
    others = [name for name in who.columns if name not in ("run_id", "member", "subject")]
    shared = [
        pl.when(pl.col(name).n_unique() == 1).then(pl.col(name).first()).alias(name)
        for name in others
    ]
    return who.group_by("run_id", "member").agg(*shared, subject=pl.col("member").first())


def told() -> pl.Expr:
    """What is told about the persona beside its own text: "denied" of "tin-man+denied"."""
    alone = pl.col("persona").is_in(_TOLD)
    beside = pl.col("persona").str.extract(r"\+(.*)$").fill_null("")
    return pl.when(alone).then(pl.col("persona")).otherwise(beside)


def person() -> pl.Expr:
    """The name without what is told about it: "ai-respondent-7+denied" is respondent-7."""
    bare = pl.col("persona").str.replace(r"\+.*$", "")
    is_person = pl.col("kind") == "respondent"
    return pl.when(is_person).then(bare.str.replace("^ai-", "")).otherwise(bare)


def _units(agents: pl.DataFrame) -> pl.DataFrame:
    """Those with a text, the unit that each is, and its share of its run's observations."""
    whose = ["metric", "level", "member"]
    few = pl.col("persona").n_unique().over(whose) < LEAST_PERSONAS
    name = pl.concat_str("persona", pl.col("paraphrase").cast(pl.String), separator="\x1f")
    shared = agents.with_columns(share=pl.col("weight") / pl.col("weight").sum().over(_RUN))
    return shared.filter(pl.col("strategy").is_null()).with_columns(
        cluster=pl.when(few).then(pl.lit("text")).otherwise(pl.lit("persona")),
        unit=pl.when(few).then(name).otherwise(pl.col("persona")),
    )


def _texts(units: pl.DataFrame) -> dict[tuple[str, str], dict[Text, dict[str, float]]]:
    """Mean of each unit in each scenario; scripted seats have no text."""
    found: dict[tuple[str, str], dict[Text, dict[str, float]]] = {}
    table = weighted_means(units, ["metric", "level", "member", "cluster", "unit", "scenario"])
    for metric, level, member, cluster, unit, scenario, value in table.iter_rows():
        place = found.setdefault((metric, level), {})
        place.setdefault(Text(member, cluster, unit), {})[scenario] = value
    return found


def _cells(units: pl.DataFrame) -> dict[tuple[str, str], Cells[Text, Key]]:
    """What each unit gave in each replicate."""
    text = ["member", "cluster", "unit"]
    table = weighted_means(units, [*_RUN, *text], pl.col("share").sort().sum())
    return {
        (str(metric), str(level)): Cells.of(
            [Text(*row) for row in part.select(text).iter_rows()],
            [Key(*row) for row in part.select(_RUN[2:]).iter_rows()],
            part["mean"].to_numpy(),
            part["share"].to_numpy(),
        )
        for (metric, level), part in table.group_by(_RUN[:2], maintain_order=True)
    }


def _shares(agents: pl.DataFrame) -> dict[tuple[str, str], dict[str, float]]:
    """Share of each member in the observations of its level."""
    keys = ["metric", "level", "member"]
    table = agents.group_by(keys).agg(pl.col("weight").sum()).sort(keys)
    table = table.with_columns(pl.col("weight") / pl.col("weight").sum().over(keys[:2]))
    found: dict[tuple[str, str], dict[str, float]] = {}
    for metric, level, member, share in table.iter_rows():
        found.setdefault((metric, level), {})[member] = share
    return found


def _personas(agents: pl.DataFrame) -> dict[tuple[str, str], int]:
    """How many personas played each level."""
    played = agents.filter(pl.col("strategy").is_null())
    table = played.group_by("metric", "level").agg(pl.col("persona").n_unique())
    return {(metric, level): number for metric, level, number in table.iter_rows()}


def weighted_means(values: pl.DataFrame, keys: Sequence[str], *others: pl.Expr) -> pl.DataFrame:
    """Weighted means, summed in an order that does not depend on the rows'.

    Args:
        values: with columns value and weight.
        keys: columns that tell the groups.
        others: further aggregates.

    Returns:
        The keys, the others and "mean", sorted by the keys.
    """
    weighted = (pl.col("value") * pl.col("weight")).sort().sum() / pl.col("weight").sum()
    return values.group_by(keys).agg(*others, mean=weighted).sort(keys)


def scenarios(folder: Folder) -> list[str]:
    """The scenarios that were played."""
    return sorted({run.scenario for run in folder.runs})


def _runs(folder: Folder, by: str, scenario: str | None) -> pl.DataFrame:
    """run_id, strata and pair, and the level where the factor is one of the design."""
    own_level = [] if by in COORDINATES else [pl.col(by).alias("level")]
    chosen = folder.metadata
    if by not in COORDINATES:
        chosen = chosen.filter(pl.col(by).is_not_null())
    if scenario is not None:
        chosen = chosen.filter(pl.col("scenario") == scenario)
    pair, strata = pairing(folder.factors, [by], chosen.columns)
    return chosen.with_columns(own_level, pair=pair).with_columns(**strata)


def pairing(
    factors: Sequence[str], by: Sequence[str], columns: Sequence[str]
) -> tuple[pl.Expr, dict[str, pl.Expr]]:
    """What a run shares with its counterparts at the other levels, and its strata.

    Args:
        factors: names of the design's factors.
        by: factors that are compared, the share of a series among them.
        columns: factors that the runs have.

    Returns:
        The pair as text; by name "scenario" and "wording".
    """
    own = set(by)
    if own & {"population", *COORDINATES}:
        # A coordinate's levels are brought by different populations, so these cannot be shared.
        own |= MIXES
    elif own & MIXES:
        # Shares are compared inside a series, and series at equal shares.
        own |= {"population"}
    shared = ["seed", *(name for name in factors if name not in own)]
    # A factor that a run does not have is the same in all such runs.
    told = [pl.col(name).cast(pl.String).fill_null("") for name in shared]
    pair = pl.concat_str(told, separator="\x1f")
    # Where the scenario or the wording is what is compared, it is no stratum.
    strata = {
        name: pl.lit("") if name in by or name not in columns else pl.col(name)
        for name in ("scenario", "wording")
    }
    return pair, strata


def _wholes(outcomes: pl.DataFrame, runs: pl.DataFrame) -> pl.DataFrame:
    """Those of whole runs with their level."""
    return (
        outcomes.filter(scope="run")
        .join(runs.select("run_id", *_RUN[1:]), on="run_id")
        .with_columns(weight=pl.lit(1.0))
    )


def _cast(folder: Folder, by: str, runs: pl.DataFrame) -> pl.DataFrame:
    """Who played at which level, as the subjects of outcomes."""
    who = folder.characters.with_columns(subject=pl.col("agent").cast(pl.String))
    marked = who.join(runs.select(pl.exclude("seed", *COORDINATES)), on="run_id")
    if by in COORDINATES:
        marked = marked.with_columns(level=pl.col(_column(by)))
    return marked.filter(pl.col("level").is_not_null())


def _agents(outcomes: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    """Those of agents with their persona and level, weighted by observations."""
    of_agents = outcomes.filter(scope="agent").join(who, on=["run_id", "subject"])
    return of_agents.with_columns(weight=pl.col("n").cast(pl.Float64))


def _defined(outcomes: pl.DataFrame) -> pl.DataFrame:
    return outcomes.filter(pl.col("value").is_not_null() & pl.col("value").is_finite())


def _column(by: str) -> str:
    return "member" if by == "persona" else by


def _by_size(level: str) -> tuple[float, str]:
    try:
        return float(level), level
    except ValueError:
        return float("inf"), level
