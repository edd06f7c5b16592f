"""What the experiment took, as its manifest says; nothing is computed here."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from analysis.report.tables import Table
from analysis.report.words import DASH, count, number, percent
from sim.prices import money

Usage = Mapping[str, Any]

_ROWS: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("decisions", "decisions", count),
    ("model_decisions", "decisions that the model made", count),
    ("contexts", "distinct contexts", count),
    ("prompts", "distinct prompts that decisions rest on", count),
    ("calls", "calls to the model", count),
    ("calls_per_decision", "calls per decision that it made", lambda value: number(value, 3)),
    ("prompt_tokens", "prompt tokens", count),
    ("cached_tokens", "prompt tokens that the server had cached", count),
    ("cached_share", "share of them", percent),
    ("new_tokens_per_decision", "new prompt tokens per decision", lambda value: number(value, 1)),
    ("completion_tokens", "completion tokens", count),
    ("requests", "requests sent, the repeated ones included", count),
    ("failed_requests", "requests that will never be answered", count),
    ("seconds", "seconds waited, summed over calls", count),
)


def cost(usage: Usage) -> Table:
    """What the experiment took, over all its sessions."""
    rows = [(shown, said(usage.get(key))) for key, shown, said in _ROWS]
    return Table("Cost", ("What", "How much"), (*rows, ("cost", _amount(usage))))


def faults(usage: Usage) -> Table:
    """Attempts that brought no usable reply, by kind; empty where there were none."""
    rows = tuple(
        (
            str(fault["kind"]),
            count(fault["faults"]),
            count(fault["recovered"]),
            count(fault["given_up"]),
            number(fault["seconds"], 1),
        )
        for fault in usage.get("faults") or ()
    )
    head = ("Kind", "Attempts", "Answered later", "Given up", "Seconds")
    return Table("Faults: attempts without a usable reply", head, rows)


def price(usage: Usage) -> str:
    """The price behind the cost in a sentence; empty where nobody gave one."""
    found = usage.get("price")
    if not found:
        return ""
    amounts = ", ".join(
        f"{found[key]:g} for {shown}"
        for key, shown in (
            ("input", "new prompt tokens"),
            ("cached_input", "cached ones"),
            ("output", "completion tokens"),
        )
    )
    return f"Prices in {found['currency']} per million: {amounts}."


def _amount(usage: Usage) -> str:
    if usage.get("cost") is None or not usage.get("price"):
        return DASH
    return money(Decimal(str(usage["cost"])), usage["price"]["currency"])
