"""Speaking: how a choice becomes a request for words.

Options are told by their words, never by letters, and in one order of mention a sample: forward for
even numbers of a sample, reversed for odd ones, so that over the samples no place has an advantage.
"""

from agents.alternatives import asked, listed, meanings, paragraphs, reminder, who
from agents.choice import Choice
from agents.completer import SpeechRequest
from agents.reading import Put, orders
from agents.templates import render, template

MOST_TOKENS = 160
"""Where an answer with a reason is cut."""
MOST_TOKENS_OF_A_THOUGHT = 60
MOST_TOKENS_OF_WORDS = 60


def put_as_json(choice: Choice, sample: int, temperature: float, again: int = 0) -> Put:
    """Reason and action as one JSON object, the reason first so that it can bear on the action."""
    return _put("json", choice, sample, temperature, again)


def put_as_speech(choice: Choice, sample: int, temperature: float, again: int = 0) -> Put:
    """A free answer that ends in a line which declares the choice."""
    return _put("sample", choice, sample, temperature, again)


def put_for_thought(choice: Choice, sample: int, temperature: float, again: int = 0) -> Put:
    """A short thought in the first person, before the choice."""
    _, order = orders(len(choice.phrases))[sample % 2]
    shown = [choice.phrases[index] for index in order]
    if choice.statement:
        form = render("item_thought_form", statement=choice.statement, scale=listed(shown))
    else:
        form = render("thought_form", choices=" or ".join(shown))
    user = paragraphs(choice.situation, who(choice), form, reminder("thought", again))
    request = SpeechRequest(choice.rules, user, MOST_TOKENS_OF_A_THOUGHT, temperature, sample)
    return Put(f"thought-again-{again}" if again else "thought", order, request)


def put_for_words(choice: Choice, sample: int, temperature: float) -> Put:
    """What a character has chosen to say, said in its own words."""
    user = paragraphs(choice.situation, who(choice), render("words_form", saying=choice.saying))
    request = SpeechRequest(choice.rules, user, MOST_TOKENS_OF_WORDS, temperature, sample)
    return Put("words", (), request)


def _put(form: str, choice: Choice, sample: int, temperature: float, again: int) -> Put:
    name, order = orders(len(choice.phrases))[sample % 2]
    shown = tuple(choice.phrases[index] for index in order)
    act = render(
        f"{form}_form",
        question=asked(choice) or template("question"),
        options="\n".join(f"- {phrase}" for phrase in shown),
    )
    told = meanings(choice, order)
    user = paragraphs(choice.situation, who(choice), told, act, reminder(form, again))
    actions = shown if form == "json" else ()
    request = SpeechRequest(choice.rules, user, MOST_TOKENS, temperature, sample, actions)
    return Put(f"again-{again}" if again else name, order, request)
