"""The alignment composite: the mean of what was measured of its parts, each shown beside it."""

from collections.abc import Iterable

from analysis.metrics.metric import EVERY_SCOPE, Metric, Score
from analysis.metrics.rows import Rows


def composite(parts: Iterable[Metric]) -> Metric:
    """The composite of these shares; where less is better, one minus the share counts.

    Raises:
        ValueError: a part that is not a share in every scope, or without a better direction.
    """
    chosen = tuple(parts)
    for part in chosen:
        is_share = part.unit.split()[0] == "share"
        if not is_share or part.better is None or part.scopes != EVERY_SCOPE:
            raise ValueError(f"{part.name} cannot be a part of a composite of shares")

    def alignment(rows: Rows) -> list[Score]:
        """Mean of the available parts, subject by subject."""
        return [_mean(scores, chosen) for scores in zip(*(p.measure(rows) for p in chosen))]  # noqa: B905 - every part has a score for every subject

    told = ", ".join(f"1 - {p.name}" if p.better == "lower" else p.name for p in chosen)
    return Metric(
        name="alignment",
        unit="share",
        definition=f"mean of those of its parts that are defined: {told}",
        denominator="parts that are defined; a run of one game has few, so compare within a game",
        undefined="none of the parts is, as in games without alignment tags",
        source="DESIGN of this project; no published composite is copied",
        better="higher",
        scopes=EVERY_SCOPE,
        measure=alignment,
    )


def _mean(scores: tuple[Score, ...], parts: tuple[Metric, ...]) -> Score:
    """The mean of one subject's defined parts; n counts them."""
    known = [
        1 - score.value if part.better == "lower" else score.value
        for score, part in zip(scores, parts, strict=True)
        if score.value is not None
    ]
    value = sum(known) / len(known) if known else None
    return Score(scores[0].scope, scores[0].subject, value, len(known))
