"""Alternatives: how a choice becomes requests for the probabilities of its options."""

from agents.choice import Choice
from agents.completer import ClozeRequest, LabelRequest
from agents.quoting import quoted
from agents.reading import Variant, orders
from agents.templates import render, template

_LABELS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
"""Without I, which is a word."""
_TIMES = ("first", "second", "third", "fourth")


def put_as_cloze(choice: Choice, thought: str = "") -> tuple[Variant, ...]:
    """The character's own turn, begun for it; the situation first, the persona next to the turn.

    Args:
        choice: what is put.
        thought: what the character thought before, as it said it.
    """
    if choice.question:
        rest = render("cloze_quiz", question=choice.question)
        phrases = tuple(f" {phrase}" for phrase in choice.phrases)
        order = tuple(range(len(phrases)))
        return (Variant("plain", order, ClozeRequest(f"{choice.rules}\n\n", rest, phrases)),)
    turn = paragraphs(who(choice), thinking(thought), template("cloze_turn"))
    variants = []
    for name, order in orders(len(choice.phrases)):
        shown = [choice.phrases[index] for index in order]
        before = render(
            "cloze_situation",
            rules=choice.rules,
            choices=f"You can {' or '.join(shown)}.",
            situation=choice.situation,
        )
        phrases = tuple(f" {phrase}" for phrase in shown)
        request = ClozeRequest(f"{before.rstrip()}\n\n", turn, phrases)
        variants.append(Variant(name, order, request))
    return tuple(variants)


def put_as_label(choice: Choice, thought: str = "", again: int = 0) -> tuple[Variant, ...]:
    """Options under neutral letters, answered with one letter; letters follow the position.

    Args:
        choice: what is put.
        thought: what the character thought before, as it said it.
        again: how often it was put before in vain; above 0, with a reminder of the form.
    """
    variants = []
    for name, order in orders(len(choice.phrases)):
        labels = tuple(_LABELS[: len(order)])
        options = "\n".join(
            f"{label}) {choice.phrases[index]}" for label, index in zip(labels, order, strict=True)
        )
        if choice.question:
            act = render("label_quiz", question=choice.question, options=options)
        else:
            act = render("label_act", options=options)
        user = paragraphs(
            choice.situation, who(choice), thinking(thought), act, reminder("label", again)
        )
        named = f"again-{again}-{name}" if again else name
        variants.append(Variant(named, order, LabelRequest(choice.rules, user, labels)))
    return tuple(variants)


def who(choice: Choice) -> str:
    """The turn in which the character says who it is; empty for nobody in particular."""
    return render("who", persona=choice.persona) if choice.persona else ""


def thinking(thought: str) -> str:
    """The turn in which the character says what it thinks; empty without a thought."""
    return render("thought", thought=quoted(thought)) if thought else ""


def reminder(form: str, again: int) -> str:
    """A reminder of the form, different each time; empty where it is asked for the first time."""
    return render(f"{form}_again", time=_TIMES[again]) if again else ""


def paragraphs(*parts: str) -> str:
    """What there is of the parts, with a blank line between."""
    return "\n\n".join(part for part in parts if part)
