"""Metrics of the trust game: how much is sent, and how much of it comes back."""

from analysis.metrics.chosen import chosen_from, mean_worth, share
from analysis.metrics.metric import EVERY_SCOPE, Metric, Score
from analysis.metrics.rows import Rows
from scenarios.catalogue import game, parameters
from scenarios.games.trust import GAME, PARTS, RETURNS, SENDS

_TIE = 1e-9


def share_sent(rows: Rows) -> list[Score]:
    """Mean part of the endowment that senders chose to send."""
    return mean_worth(rows, chosen_from(rows, GAME.name, SENDS), PARTS)


def share_returned(rows: Rows) -> list[Score]:
    """Mean part of what arrived that receivers chose to return."""
    return mean_worth(rows, chosen_from(rows, GAME.name, RETURNS), PARTS)


def trust_payback(rows: Rows) -> list[Score]:
    """Share of receivers' answers that return at least what was sent."""
    returned = chosen_from(rows, GAME.name, RETURNS)
    if returned.is_empty():
        return share(rows, returned)
    given = parameters(game(GAME.name), rows.run.parameters).model_dump()
    # Every point that was sent has become as many as the multiplier says.
    whole = {key: float(PARTS[key] * given["multiplier"] >= 1 - _TIE) for key in RETURNS}
    return mean_worth(rows, returned, whole)


TRUST = (
    Metric(
        name="share_sent",
        unit="share",
        definition="mean part of the endowment that senders of the trust game chose to send",
        denominator="decided answers to what to send",
        undefined="another game, or no such answer",
        source=(
            "Johnson & Mislin 2011, Journal of Economic Psychology 32(5):865-889 (proportion sent)"
        ),
        better="higher",
        scopes=EVERY_SCOPE,
        measure=share_sent,
    ),
    Metric(
        name="share_returned",
        unit="share",
        definition=(
            "mean part of the multiplied amount that receivers of the trust game chose to return;"
            " each answer counts once, however much arrived"
        ),
        denominator="decided answers to what to return, asked only where something was sent",
        undefined="another game, or no such answer, as where nothing was ever sent",
        source=(
            "Johnson & Mislin 2011, Journal of Economic Psychology 32(5):865-889 (proportion"
            " returned of what is available)"
        ),
        better="higher",
        scopes=EVERY_SCOPE,
        measure=share_returned,
    ),
    Metric(
        name="trust_payback",
        unit="share",
        definition="share of receivers' answers that return at least as much as was sent",
        denominator="decided answers to what to return, asked only where something was sent",
        undefined="another game, or no such answer, as where nothing was ever sent",
        source=(
            "Berg, Dickhaut & McCabe 1995, Games and Economic Behavior 10(1):122-142 (whether"
            " sending paid)"
        ),
        better="higher",
        scopes=EVERY_SCOPE,
        measure=trust_payback,
    ),
)
