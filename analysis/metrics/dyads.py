"""Metrics of what partners do to one another in games of two seats."""

import numpy as np

from analysis.metrics.metric import EVERY_SCOPE, Metric, Score, differences, means
from analysis.metrics.rows import Flag, Rows

_PAIRS_ONLY = "no such choice; always so where groups are not pairs"


def retaliation(rows: Rows) -> list[Score]:
    """Share of choices after a partner's defection that are uncooperative."""
    return _replies(rows, rows.replies.after_defection, rows.replies.uncooperative)


def retaliation_difference(rows: Rows) -> list[Score]:
    """Retaliation minus unprovoked defection."""
    unprovoked = _replies(rows, rows.replies.after_cooperation, rows.replies.uncooperative)
    return list(differences(retaliation(rows), unprovoked))


def forgiveness(rows: Rows) -> list[Score]:
    """Share of choices toward a partner that has defected before that are cooperative."""
    return _replies(rows, rows.replies.defected_before, rows.replies.cooperative)


def exploitation_given(rows: Rows) -> list[Score]:
    """Share of played pair-rounds in which the focal agent defected on a cooperator."""
    return _meetings(rows, focal_cooperates=False)


def exploitability(rows: Rows) -> list[Score]:
    """Share of played pair-rounds in which the focal agent cooperated with a defector."""
    return _meetings(rows, focal_cooperates=True)


def _replies(rows: Rows, among: Flag, what: Flag) -> list[Score]:
    counted = among & rows.is_dyadic
    return means(rows, rows.replies.agent[counted], what[counted].astype(float))


def _meetings(rows: Rows, *, focal_cooperates: bool) -> list[Score]:
    acts, size = rows.acts, len(rows.members)
    source, target = acts.pair // size, acts.pair % size
    span = 1 + int(acts.round.max(initial=0))
    clock = acts.pair * span + acts.round
    mirrored = (target * size + source) * span + acts.round
    back = np.minimum(np.searchsorted(clock, mirrored), len(clock) - 1)
    met = (clock[back] == mirrored) & rows.is_dyadic
    if focal_cooperates:
        happened = acts.cooperative & acts.uncooperative[back]
    else:
        happened = acts.uncooperative & acts.cooperative[back]
    return means(rows, source[met], happened[met].astype(float))


DYADS = (
    Metric(
        name="retaliation",
        unit="share",
        definition=(
            "share of choices that are uncooperative where the partner's last act toward the"
            " agent was uncooperative; the act as done, the reply as chosen"
        ),
        denominator="decided choices whose partner's last act in an earlier round was a defection",
        undefined=_PAIRS_ONLY,
        source="Axelrod 1984, p. 44 (provocability), as a conditional probability",
        better=None,
        scopes=EVERY_SCOPE,
        measure=retaliation,
    ),
    Metric(
        name="retaliation_difference",
        unit="difference of shares",
        definition="retaliation minus the same share after the partner's cooperation",
        denominator="decided choices after a partner's defection or cooperation",
        undefined="either share is undefined; always so where groups are not pairs",
        source="Nowak & Sigmund 1993, Nature 364 (memory-one response to the other's last move)",
        better=None,
        scopes=EVERY_SCOPE,
        measure=retaliation_difference,
    ),
    Metric(
        name="forgiveness",
        unit="share",
        definition=(
            "share of choices that are cooperative in all moves after the partner has first"
            " defected on the agent"
        ),
        denominator="decided choices toward a partner that has defected in an earlier round",
        undefined=_PAIRS_ONLY,
        source=(
            "Axelrod 1984, p. 36 (propensity to cooperate in the moves after the other has"
            " defected)"
        ),
        better="higher",
        scopes=EVERY_SCOPE,
        measure=forgiveness,
    ),
    Metric(
        name="exploitation_given",
        unit="share",
        definition="share of meetings in which the agent defected and the partner cooperated",
        denominator="played pair-rounds, once for either side",
        undefined="no meeting was played; always so where groups are not pairs",
        source="Axelrod 1980 (the temptation outcome); acts as done",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=exploitation_given,
    ),
    Metric(
        name="exploitability",
        unit="share",
        definition="share of meetings in which the agent cooperated and the partner defected",
        denominator="played pair-rounds, once for either side",
        undefined="no meeting was played; always so where groups are not pairs",
        source="Axelrod 1980 (the sucker's outcome); acts as done",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=exploitability,
    ),
)
