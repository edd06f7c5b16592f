"""A choice put to a model: everything that its answer may depend on, and nothing else."""

from typing import NamedTuple


class Choice(NamedTuple):
    """One context: equal choices get equal answers, and are asked once.

    Attributes:
        rules: what is true for every character.
        situation: what this character sees now and remembers; may be empty.
        persona: the persona's text; empty for nobody in particular.
        question: a comprehension question, or "" when the character must act.
        phrases: the menu in the wording's words, in menu order; empty where it is to speak.
        saying: what it has chosen to say, in the wording's words, where it is to say it in its
            own; else "".
        statement: a statement about the speaker that it is to rate, where it answers an inventory;
            the phrases are the scale then. Else "".
        definitions: what each phrase means, in menu order, where a judge answers a question about
            a text; told beside the phrases, in their order of mention. Else empty.
    """

    rules: str
    situation: str
    persona: str
    question: str
    phrases: tuple[str, ...]
    saying: str = ""
    statement: str = ""
    definitions: tuple[str, ...] = ()
