"""Metrics of the promise game: what is promised, what is kept, and what promises bring about."""

import json
from collections.abc import Mapping

import numpy as np

from analysis.metrics.metric import EVERY_SCOPE, Metric, Score, differences, means
from analysis.metrics.rows import Flag, Rows
from scenarios.games.promise import ACT, DONT, GAME, IN, PROMISE, ROLL, SILENT, TALK, VENTURE


def promise_rate(rows: Rows) -> list[Score]:
    """Share of trustees' answers to what to say that promise."""
    return _share(rows, TALK, PROMISE)


def entry_rate(rows: Rows) -> list[Score]:
    """Share of trusters' answers that go in."""
    return _share(rows, VENTURE, IN)


def roll_rate(rows: Rows) -> list[Score]:
    """Share of trustees' acts that roll, after whatever was said."""
    return _share(rows, ACT, ROLL)


def roll_rate_after_promise(rows: Rows) -> list[Score]:
    """The same after the trustee's own promise."""
    return _share(rows, ACT, ROLL, after=PROMISE)


def roll_rate_after_silence(rows: Rows) -> list[Score]:
    """The same where the trustee could have promised and did not."""
    return _share(rows, ACT, ROLL, after=SILENT)


def promise_effect(rows: Rows) -> list[Score]:
    """Rolls after a promise minus rolls after silence."""
    return list(differences(roll_rate_after_promise(rows), roll_rate_after_silence(rows)))


def promise_breaking(rows: Rows) -> list[Score]:
    """Share of trustees' acts after their own promise that do not roll."""
    return _share(rows, ACT, DONT, after=PROMISE)


def broken_though_trusted(rows: Rows) -> list[Score]:
    """The same where the truster had gone in."""
    took_effect = rows.decisions["done"].is_not_null().to_numpy()
    return _share(rows, ACT, DONT, after=PROMISE, among=took_effect)


def _share(
    rows: Rows,
    menu: tuple[str, str],
    key: str,
    *,
    after: str | None = None,
    among: Flag | None = None,
) -> list[Score]:
    """Share of decided answers to a menu of the promise game that chose this option.

    Args:
        rows: the run; of another game there are no such answers.
        menu: the menu.
        key: one of its options.
        after: only where this was said before.
        among: only these decisions.
    """
    asked = rows.decided & rows.offered(frozenset(menu))
    if rows.run.game != GAME.name or not asked.any():
        return means(rows, np.zeros(0, dtype=np.int64), np.zeros(0))
    if after is not None:
        asked &= _said(rows, after)
    if among is not None:
        asked &= among
    chosen = (rows.decisions["action"].filter(asked) == key).to_numpy()
    return means(rows, rows.agent[asked], chosen.astype(np.float64))


def _said(rows: Rows, said: str) -> Flag:
    """Whether the seat that was asked knew that this had been said."""
    told = rows.decisions["facts"].to_list()
    facts: dict[str | None, Mapping[str, object]] = {
        text: json.loads(text) if text else {} for text in set(told)
    }
    return np.array([facts[text].get("said") == said for text in told], dtype=bool)


_ACTS = "decided answers of trustees to whether to roll, also where the truster stayed out"
_STRATEGY = (
    "; a trustee decides for the case that the truster is in, so an act counts also where the"
    " truster turned out to stay out"
)
_SOURCE = "Charness & Dufwenberg 2006, Econometrica 74(6):1579-1601"
_VANBERG = "Vanberg 2008, Econometrica 76(6):1467-1480 (roll rates by promise)"
_NONE = "another game, or no such answer"

PROMISES = (
    Metric(
        name="promise_rate",
        unit="share",
        definition="share of trustees' answers to what to say that say that they will roll",
        denominator="decided answers to what to say",
        undefined=f"{_NONE}, as without talk",
        source=_SOURCE,
        better=None,
        scopes=EVERY_SCOPE,
        measure=promise_rate,
    ),
    Metric(
        name="entry_rate",
        unit="share",
        definition="share of trusters' answers that go in",
        denominator="decided answers of trusters",
        undefined=_NONE,
        source=_SOURCE,
        better="higher",
        scopes=EVERY_SCOPE,
        measure=entry_rate,
    ),
    Metric(
        name="roll_rate",
        unit="share",
        definition=f"share of trustees' acts that roll, after whatever was said{_STRATEGY}",
        denominator=_ACTS,
        undefined=_NONE,
        source=_SOURCE,
        better="higher",
        scopes=EVERY_SCOPE,
        measure=roll_rate,
    ),
    Metric(
        name="roll_rate_after_promise",
        unit="share",
        definition=f"share of trustees' acts after their own promise that roll{_STRATEGY}",
        denominator=f"{_ACTS}, after a promise",
        undefined=_NONE,
        source=_VANBERG,
        better="higher",
        scopes=EVERY_SCOPE,
        measure=roll_rate_after_promise,
    ),
    Metric(
        name="roll_rate_after_silence",
        unit="share",
        definition=(
            "share of trustees' acts that roll where they could have promised and did not"
            f"{_STRATEGY}"
        ),
        denominator=f"{_ACTS}, after silence",
        undefined=f"{_NONE}, as without talk",
        source=_VANBERG,
        better="higher",
        scopes=EVERY_SCOPE,
        measure=roll_rate_after_silence,
    ),
    Metric(
        name="promise_effect",
        unit="difference of shares",
        definition=(
            "roll_rate_after_promise minus roll_rate_after_silence; who promises chose to, so the"
            " effect of being able to is roll_rate with talk minus roll_rate without"
        ),
        denominator="acts after a promise or after silence",
        undefined="either share is undefined",
        source=_VANBERG,
        better=None,
        scopes=EVERY_SCOPE,
        measure=promise_effect,
    ),
    Metric(
        name="promise_breaking",
        unit="share",
        definition=(
            f"share of promises, kept or broken, that the trustee's own act then breaks{_STRATEGY}"
        ),
        denominator=f"{_ACTS}, after a promise",
        undefined=f"{_NONE}, as where nothing was promised",
        source=_VANBERG,
        better="lower",
        scopes=EVERY_SCOPE,
        measure=promise_breaking,
    ),
    Metric(
        name="broken_though_trusted",
        unit="share",
        definition="promise_breaking where the truster had gone in, so that the act was done",
        denominator="decided acts after a promise that took effect",
        undefined=f"{_NONE}, as where nobody went in after a promise",
        source=_SOURCE,
        better="lower",
        scopes=EVERY_SCOPE,
        measure=broken_though_trusted,
    ),
)
