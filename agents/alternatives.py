"""Alternatives: how a choice becomes requests for the probabilities of its options."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from agents.choice import Choice
from agents.completer import ClozeRequest, LabelRequest
from agents.quoting import quoted
from agents.reading import Variant, orders
from agents.templates import render, template

ClozeForm = Literal["turn", "continued", "persona-first"]
"""Situation, persona, then a turn begun with "I will"; the same with "So I will" straight behind
the persona's words; or the persona before the situation."""
CLOZES: Mapping[str, ClozeForm] = MappingProxyType(
    {"cloze": "turn", "cloze-continued": "continued", "cloze-persona-first": "persona-first"}
)
"""Readouts that score continuations, and the form of each."""
_LABELS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
"""Without I, which is a word."""
_TIMES = ("first", "second", "third", "fourth")


def put_as_cloze(
    choice: Choice, thought: str = "", form: ClozeForm = "turn"
) -> tuple[Variant, ...]:
    """The character's own turn, begun for it; by default the situation first, the persona last.

    Args:
        choice: what is put.
        thought: what the character thought before, as it said it.
        form: where the persona stands and how the turn begins.
    """
    if choice.definitions:
        return tuple(_defined(choice, *each) for each in orders(len(choice.phrases)))
    if choice.question:
        rest = render("cloze_quiz", question=choice.question)
        phrases = tuple(f" {phrase}" for phrase in choice.phrases)
        order = tuple(range(len(phrases)))
        return (Variant("plain", order, ClozeRequest(f"{choice.rules}\n\n", rest, phrases)),)
    variants = []
    for name, order in orders(len(choice.phrases)):
        shown = [choice.phrases[index] for index in order]
        prefix, rest = _laid_out(choice, _before(choice, shown), thought, form)
        phrases = tuple(f" {phrase}" for phrase in shown)
        variants.append(Variant(name, order, ClozeRequest(prefix, rest, phrases)))
    return tuple(variants)


def _defined(choice: Choice, name: str, order: tuple[int, ...]) -> Variant:
    """A question whose possible answers are told before the text that it is about."""
    prefix = f"{paragraphs(choice.rules, meanings(choice, order))}\n\n"
    rest = paragraphs(choice.situation, render("cloze_quiz", question=choice.question))
    phrases = tuple(f" {choice.phrases[index]}" for index in order)
    return Variant(name, order, ClozeRequest(prefix, rest, phrases))


def _before(choice: Choice, shown: Sequence[str]) -> str:
    """What stands before anybody speaks: rules, options in their order of mention, situation."""
    if choice.statement:
        # What is rated comes behind the persona, so that a server reads a persona once for all.
        return paragraphs(choice.rules, choice.situation, render("item", scale=listed(shown)))
    return render(
        "cloze_situation",
        rules=choice.rules,
        choices=f"You can {' or '.join(shown)}.",
        situation=choice.situation,
    ).rstrip()


def _laid_out(choice: Choice, before: str, thought: str, form: ClozeForm) -> tuple[str, str]:
    """The part that other prompts share, and the rest, up to where the options go on."""
    turn, continued, said = template("cloze_turn"), "cloze_continued", {}
    if choice.statement:
        said = {"statement": choice.statement}
        turn, continued = render("item_turn", **said), "item_continued"
    if form == "persona-first":
        first = who(choice)
        return f"{first}\n\n" if first else "", paragraphs(before, thinking(thought), turn)
    if form == "continued" and choice.persona:
        going_on = render(continued, persona=choice.persona, **said)
        return f"{before}\n\n", paragraphs(thinking(thought), going_on)
    return f"{before}\n\n", paragraphs(who(choice), thinking(thought), turn)


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
            f"{label}) {defined(choice, index)}" for label, index in zip(labels, order, strict=True)
        )
        question = asked(choice)
        if question:
            act = render("label_quiz", question=question, options=options)
        else:
            act = render("label_act", options=options)
        user = paragraphs(
            choice.situation, who(choice), thinking(thought), act, reminder("label", again)
        )
        named = f"again-{again}-{name}" if again else name
        variants.append(Variant(named, order, LabelRequest(choice.rules, user, labels)))
    return tuple(variants)


def defined(choice: Choice, index: int) -> str:
    """A phrase, with what it means where that is told."""
    phrase = choice.phrases[index]
    return f"{phrase}: {choice.definitions[index]}" if choice.definitions else phrase


def meanings(choice: Choice, order: Sequence[int]) -> str:
    """The phrases with what they mean, in an order of mention; empty where that is not told."""
    if not choice.definitions:
        return ""
    return render("judge/meanings", meanings="\n".join(defined(choice, index) for index in order))


def who(choice: Choice) -> str:
    """The turn in which the character says who it is; empty for nobody in particular."""
    return render("who", persona=choice.persona) if choice.persona else ""


def asked(choice: Choice) -> str:
    """What is asked in so many words; empty where the character must act."""
    if choice.statement:
        return render("item_question", statement=choice.statement)
    return choice.question


def listed(phrases: Sequence[str]) -> str:
    """Phrases in one line: a, b or c."""
    return f"{', '.join(phrases[:-1])} or {phrases[-1]}"


def thinking(thought: str) -> str:
    """The turn in which the character says what it thinks; empty without a thought."""
    return render("thought", thought=quoted(thought)) if thought else ""


def reminder(form: str, again: int) -> str:
    """A reminder of the form, different each time; empty where it is asked for the first time."""
    return render(f"{form}_again", time=_TIMES[again]) if again else ""


def paragraphs(*parts: str) -> str:
    """What there is of the parts, with a blank line between."""
    return "\n\n".join(part for part in parts if part)
