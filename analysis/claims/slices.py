"""The parts of a folder in which one model was read by one readout: never mixed in a number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from analysis.folder import Folder

SCRIPTED = "scripted"


@dataclass(frozen=True, slots=True)
class Slice:
    """Runs of one model and one readout, with the runs in which nobody is a model.

    Attributes:
        model: name.
        readout: how its answers were read.
        folder: these runs alone.
    """

    model: str
    readout: str
    folder: Folder


def slices(folder: Folder) -> Sequence[Slice]:
    """In order of model and readout; empty where no model played."""
    by_run = (
        folder.table("decisions")
        .filter(pl.col("readout").is_not_null() & (pl.col("readout") != SCRIPTED))
        .group_by("run_id")
        .agg(pl.col("model").min(), pl.col("readout").min())
        .collect(engine="streaming")
    )
    played = {run: (model, readout) for run, model, readout in by_run.iter_rows()}
    return [
        Slice(
            model,
            readout,
            replace(
                folder,
                runs=tuple(
                    run
                    for run in folder.runs
                    if played.get(run.run_id, (model, readout)) == (model, readout)
                ),
            ),
        )
        for model, readout in sorted(set(played.values()))
    ]
