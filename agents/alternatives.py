"""Alternatives: how a choice becomes requests for the probabilities of its options."""

from agents.choice import Choice
from agents.completer import ClozeRequest, LabelRequest
from agents.reading import Variant, orders
from agents.templates import render

_LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def put_as_cloze(choice: Choice) -> tuple[Variant, ...]:
    """The character's own turn, begun for it; the situation first, the persona next to the turn."""
    if choice.question:
        rest = render("cloze_quiz", question=choice.question)
        phrases = tuple(f" {phrase}" for phrase in choice.phrases)
        order = tuple(range(len(phrases)))
        return (Variant("plain", order, ClozeRequest(f"{choice.rules}\n\n", rest, phrases)),)
    if choice.persona:
        turn = render("cloze_character", persona=choice.persona)
    else:
        turn = render("cloze_nobody")
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


def put_as_label(choice: Choice) -> tuple[Variant, ...]:
    """Options under neutral letters, answered with one letter; letters follow the position."""
    variants = []
    for name, order in orders(len(choice.phrases)):
        labels = tuple(_LABELS[: len(order)])
        options = "\n".join(
            f"{label}) {choice.phrases[index]}" for label, index in zip(labels, order, strict=True)
        )
        if choice.question:
            user = render("label_quiz", question=choice.question, options=options)
        else:
            character = (
                render("label_character", persona=choice.persona) + "\n" if choice.persona else ""
            )
            user = render(
                "label_act", situation=choice.situation, character=character, options=options
            ).lstrip()
        variants.append(Variant(name, order, LabelRequest(choice.rules, user, labels)))
    return tuple(variants)
