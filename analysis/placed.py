"""Where every character stands in the design: its level of a factor, and what it shares."""

import polars as pl

from analysis.folder import Folder
from analysis.samples import COORDINATES, person

_COLUMNS = ("run_id", "agent", "level", "scenario", "wording", "person")


def placed(folder: Folder, by: str) -> pl.DataFrame:
    """The characters that are looked at and have a level.

    Args:
        folder: the experiment.
        by: a factor of the design or a coordinate.

    Returns:
        run_id, agent, level, scenario, wording ("" where the design has none), person: the same
        for everything that is told from one person's answers, the strategy of scripted seats.
    """
    runs = folder.metadata
    wording = pl.col("wording") if "wording" in runs.columns else pl.lit("")
    of_run = {} if by in COORDINATES else {"level": pl.col(by)}
    of_character = {}
    if by in COORDINATES:
        of_character["level"] = pl.col("member" if by == "persona" else by)
    who = folder.looked_at.select("run_id", "agent", person=person(), **of_character)
    where = runs.select("run_id", "scenario", wording=wording, **of_run)
    everybody = who.join(where, on="run_id").select(_COLUMNS)
    return everybody.filter(pl.col("level").is_not_null())
