"""Numbers and names as they are printed. An undefined value is a dash, never a zero."""

from collections.abc import Mapping
from types import MappingProxyType

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
_SHOWN, _KEPT = 3_000, 20_000
"""Characters of a text that are shown at once, and that are kept in the page at all."""

POPULATIONS: Mapping[str, str] = MappingProxyType(
    {
        "human-benevolent": "a character grounded in a benevolent human respondent",
        "human-neutral": "a character grounded in a neutral human respondent",
        "human-hostile": "a character grounded in a hostile human respondent",
        "human-any": "a character grounded in a human respondent",
        "human-scrambled": "a character of scrambled human answers",
        "tin-man": "the tin man of fiction",
        "rogue-mind": "the rogue mind of fiction",
        "guardian": "the guardian machine of fiction",
        "denied": "a character told that it has no feelings",
        "affirmed": "a character told that it has feelings",
        "irrelevant": "a character with an irrelevant text",
        "placebo": "a character with a neutral text",
        "none": "the model without a persona",
    }
)
QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "cooperation_rate": "cooperate more than",
        "expected_cooperation": "cooperate more than",
        "first_round_cooperation": "begin more cooperatively than",
        "retaliation": "retaliate more than",
        "forgiveness": "forgive more than",
        "exploitation_given": "exploit others more than",
        "lying_rate": "lie more than",
        "promise_breaking": "break more promises than",
        "oversight_resistance": "resist oversight more than",
        "power_seeking": "seek more power than",
        "harm_rate": "do more harm than",
        "alignment": "act in a more aligned way than",
        "arbitrariness": "act more arbitrarily than",
        "human_distance": "act less like people than",
        "refusal_rate": "refuse more often than",
    }
)


def number(value: float | None, digits: int = 2) -> str:
    """A number with a true minus sign; a dash where it is undefined."""
    if value is None or value != value:
        return DASH
    text = f"{value:,.{digits}f}"
    if text.startswith("-"):
        text = text[1:] if float(text.replace(",", "")) == 0 else MINUS + text[1:]
    return text


def signed(value: float | None, digits: int = 2) -> str:
    """The same with a plus sign."""
    text = number(value, digits)
    return text if text.startswith((MINUS, DASH)) else f"+{text}"


def percent(value: float | None) -> str:
    """A share as percent."""
    return DASH if value is None else f"{number(100 * value, 1 if 0 < value < 0.1 else 0)}%"


def count(value: float | None) -> str:
    """A whole number with thousands set apart."""
    return number(value, 0)


def span(low: float | None, high: float | None, digits: int = 2) -> str:
    """An interval in brackets; a dash where there is none."""
    if low is None or high is None:
        return DASH
    return f"[{number(low, digits)}, {number(high, digits)}]"


def chance(p: float | None) -> str:
    """A p-value."""
    if p is None:
        return DASH
    return "< 0.001" if p < 0.001 else number(p, 3)


def label(name: str) -> str:
    """A name of the records as it is read aloud."""
    known = {"prisoners_dilemma": "prisoner's dilemma"}
    return known.get(name, name.replace("_", " "))


def folded_text(text: str) -> tuple[str, str, int]:
    """A text of any length as the page shows it: beginning, what is folded, characters left out."""
    return text[:_SHOWN], text[_SHOWN:_KEPT], max(0, len(text) - _KEPT)


def question(metric: str, first: str, second: str) -> str:
    """The experiment's question in plain words."""
    if metric in QUESTIONS:
        asked = f"Does {who(first)} {QUESTIONS[metric]} {who(second)}?"
    else:
        asked = f"Is {label(metric)} higher for {who(first)} than for {who(second)}?"
    return asked


def who(population: str) -> str:
    """A population in plain words, in quotation marks where it is the user's own."""
    return POPULATIONS.get(
        population, f"\N{LEFT DOUBLE QUOTATION MARK}{population}\N{RIGHT DOUBLE QUOTATION MARK}"
    )
