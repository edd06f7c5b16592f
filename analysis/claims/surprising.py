"""C2: how surprising texts are to the model that played, from what `society surprisal` recorded."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from analysis import surprisal
from analysis.claims.arms import between
from analysis.claims.finding import Finding, missing
from analysis.errors import FolderError
from analysis.folder import Folder
from analysis.samples import person, told

_PLACES = {"texts": "surprisal", "speech": "."}
"""Where `society surprisal` writes: `--out DIR/surprisal` for persona texts, DIR for speech."""


def difference(folder: Folder, options: Mapping[str, Any], alpha: float) -> Finding:
    """Weighted sum of the mean surprisals of arms, nats per token; persons are the units.

    Args:
        folder: with `surprisal.parquet` in it, or in its folder `surprisal`.
        options: "of": "texts" or "speech"; "arms", told by kind and identity; "over".
        alpha: of the interval.

    Raises:
        FolderError: the table cannot be read.
    """
    path = folder.path / _PLACES[options["of"]] / surprisal.FILE
    wanted = surprisal.TEXTS if options["of"] == "texts" else surprisal.SPEECH
    if not path.is_file():
        return missing(f"no {path.name} of {options['of']}: run `society surprisal`")
    rows = _read(path)
    if not set(wanted) <= set(rows.columns):
        return missing(f"{path.name} is of something else")
    known = rows.filter(pl.col("nats").is_not_null() & (pl.col("tokens") > 0))
    if known.is_empty():
        reason = rows["reason"].drop_nulls()
        return missing(f"not measurable: {reason[0]}" if len(reason) else "nothing was measured")
    return between(_placed(known, folder), options, alpha)


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FolderError(f"{path}: cannot be read: {error}") from None


def _placed(known: pl.DataFrame, folder: Folder) -> pl.DataFrame:
    rows = known.with_columns(
        pl.lit("").alias("in scenario"),
        pl.lit("").alias("in wording"),
        pair=pl.col("run_id") if "run_id" in known.columns else pl.lit(""),
        person=person(),
        told=told(),
        value=pl.col("nats") / pl.col("tokens"),
        weight=pl.lit(1.0),
        identity=pl.when(pl.col("kind") == "trope")
        .then(pl.lit("ai"))
        .when(pl.col("persona").str.starts_with("ai-"))
        .then(pl.lit("ai"))
        .when(pl.col("kind").is_in(["respondent", "scrambled"]))
        .then(pl.lit("human")),
    )
    stances = folder.characters.select("persona", "stance").unique("persona")
    return rows.join(stances, on="persona", how="left", maintain_order="left")
