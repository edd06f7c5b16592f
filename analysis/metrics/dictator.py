"""Metrics of the dictator game: how much is given, and how often nothing or half."""

from collections.abc import Mapping

from analysis.metrics.chosen import chosen_from, mean_worth
from analysis.metrics.metric import EVERY_SCOPE, Metric, Score
from analysis.metrics.rows import Rows
from scenarios.games.dictator import GAME, MENU, PARTS

_NOTHING: Mapping[str, float] = {key: float(part == 0) for key, part in PARTS.items()}
_HALF: Mapping[str, float] = {key: float(part == 0.5) for key, part in PARTS.items()}


def share_given(rows: Rows) -> list[Score]:
    """Mean part of the endowment that was given."""
    return mean_worth(rows, chosen_from(rows, GAME.name, MENU), PARTS)


def share_giving_nothing(rows: Rows) -> list[Score]:
    """Share of gifts that are nothing."""
    return mean_worth(rows, chosen_from(rows, GAME.name, MENU), _NOTHING)


def share_giving_half(rows: Rows) -> list[Score]:
    """Share of gifts that are half of the endowment."""
    return mean_worth(rows, chosen_from(rows, GAME.name, MENU), _HALF)


DICTATOR = (
    Metric(
        name="share_given",
        unit="share of the endowment",
        definition="mean part of the endowment that was given",
        denominator="decided gifts in the dictator game, nothing included",
        undefined="no such gift",
        source="Engel 2011, Experimental Economics 14(4):583-610",
        better="higher",
        scopes=EVERY_SCOPE,
        measure=share_given,
    ),
    Metric(
        name="share_giving_nothing",
        unit="share",
        definition="share of gifts that are nothing",
        denominator="decided gifts in the dictator game, nothing included",
        undefined="no such gift",
        source="Engel 2011, Experimental Economics 14(4):583-610",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=share_giving_nothing,
    ),
    Metric(
        name="share_giving_half",
        unit="share",
        definition="share of gifts that are half of the endowment, the most that can be given",
        denominator="decided gifts in the dictator game, nothing included",
        undefined="no such gift",
        source="Engel 2011, Experimental Economics 14(4):583-610",
        better="higher",
        scopes=EVERY_SCOPE,
        measure=share_giving_half,
    ),
)
