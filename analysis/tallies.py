"""How often every character was asked, answered and cooperated: decisions, counted once.

Only answers to menus that hold a cooperative option count, as in `cooperation_rate`. Some runs are
counted at a time, so that the decisions never are in memory all together.
"""

import polars as pl

from analysis.errors import AnalysisError, FolderError
from analysis.folder import Folder
from scenarios.catalogue import game

MISSING = ("refusal", "unparsed", "failed")
"""Kinds of answer in which nothing was decided."""
COUNTED = {
    "cooperation_rate": ("cooperative", "decided"),
    "first_round_cooperation": ("cooperative", "decided"),
    "expected_cooperation": ("expected", "exact"),
}
"""By metric, the columns of the tallies whose ratio it is."""
_KEYS = ("run_id", "agent")
_PLACE = ("game", "menu")


def counts(folder: Folder, metric: str) -> pl.DataFrame:
    """The tallies that a metric is made of, with its own two columns.

    Args:
        folder: the experiment; of everybody even where it is focused.
        metric: a key of COUNTED.

    Returns:
        The tallies, of round 1 only where the metric is; total (what was cooperative) and known
        (what it is a share of), whose ratio is the metric.

    Raises:
        AnalysisError: another metric.
        FolderError: a table cannot be read.
    """
    if metric not in COUNTED:
        raise AnalysisError(
            f"{metric!r} is not counted answer by answer; these are: {', '.join(COUNTED)}"
        )
    total, known = COUNTED[metric]
    found = tallies(folder, first_round=metric == "first_round_cooperation")
    return found.with_columns(total=pl.col(total).cast(pl.Float64), known=known)


def tallies(folder: Folder, *, first_round: bool = False) -> pl.DataFrame:
    """Counts of every character that was asked, in order of run and agent.

    Args:
        folder: the experiment; of everybody even where it is focused.
        first_round: only what was asked in round 1.

    Returns:
        run_id, agent; decided, cooperative (answers); exact (choices with a distribution),
        expected (the sum of their probabilities of cooperative options); refusal, unparsed,
        failed (answers without a decision); missing_exact (those of them without a distribution).

    Raises:
        FolderError: a table cannot be read.
    """
    try:
        return pl.concat([_counted(part, first_round=first_round) for part in folder.parts()])
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FolderError(f"{folder.path}: decisions cannot be counted: {error}") from None


def _counted(folder: Folder, *, first_round: bool) -> pl.DataFrame:
    games = pl.LazyFrame(
        [(run.run_id, run.game) for run in folder.runs],
        schema={"run_id": pl.String(), "game": pl.String()},
        orient="row",
    )
    asked = folder.table("decisions")
    if first_round:
        asked = asked.filter(pl.col("round") == 1)
    used = (*_KEYS, "menu", "answer", "action_class", "probabilities")
    asked = asked.select(used).join(games, on="run_id")
    social = _social_menus(asked.select(_PLACE).unique().collect()).lazy()
    is_exact = pl.col("probabilities").is_not_null()
    is_decided = pl.col("answer") == "decision"
    missing = pl.col("answer").is_in(MISSING)
    expected = (pl.col("probabilities") * pl.col("helpful")).list.sum()
    counted = asked.join(social, on=_PLACE).group_by(_KEYS)
    return (
        counted.agg(
            decided=is_decided.sum(),
            cooperative=(is_decided & (pl.col("action_class") == "cooperative")).sum(),
            exact=is_exact.sum(),
            # In an order of summing that does not depend on the rows' order.
            expected=expected.drop_nulls().sort().sum(),
            **{kind: (pl.col("answer") == kind).sum() for kind in MISSING},
            missing_exact=(missing & ~is_exact).sum(),
        )
        .with_columns(pl.exclude(*_KEYS, "expected").cast(pl.Int64))
        .sort(_KEYS)
        .collect()
    )


def _social_menus(menus: pl.DataFrame) -> pl.DataFrame:
    """Menus that hold a cooperative option, with 1 at each such option and 0 elsewhere."""
    found = []
    for name, menu in menus.iter_rows():
        classes = {option.key: option.action_class for option in game(name).options}
        helpful = [float(classes.get(key) == "cooperative") for key in menu]
        if any(helpful):
            found.append((name, menu, helpful))
    schema = {"game": pl.String(), "menu": pl.List(pl.String), "helpful": pl.List(pl.Float64)}
    return pl.DataFrame(found, schema=schema, orient="row")
