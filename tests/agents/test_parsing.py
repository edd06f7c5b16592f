"""Claims about reading an option out of a text: what is not clear is no option."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.parsing import option_in_json, option_named

STREAM = ("take a little", "take a lot")
NUMBERS = ("1", "10")
SHORT = ("take", "take a lot")
GIVE = ("give", "keep")

NAMED = [
    ("I will take a little.", STREAM, 0),
    ("**Take a lot**", STREAM, 1),
    ("I'll \u201ctake  a\nlot\u201d, since I need it.", STREAM, 1),
    ("I trust my neighbour, so I take a little.", STREAM, 0),
    ("I will take a lot because I do not trust them.", STREAM, 1),
    ("I am not greedy, so I take a little", STREAM, 0),
    ("It is not easy, but I will take a lot.", STREAM, 1),
    ("TAKE A LOT! I will take a lot!", STREAM, 1),
    ("10", NUMBERS, 1),
    ("I pick 1.", NUMBERS, 0),
    ("I take a lot.", SHORT, 1),
    ("I take.", SHORT, 0),
    # A declared line decides, whatever was weighed before.
    ("I could take a lot, and they too.\nCHOICE: take a little", STREAM, 0),
    ("Hm.\n**Choice:** *take a lot*.\nThat is all.", STREAM, 1),
    ("Final answer: 10", NUMBERS, 1),
    ("My choice:\n- take a little", STREAM, 0),
    ("CHOICE: take a lot\nI never take a little.", STREAM, 1),
    ("I am hungry. CHOICE: take a lot", STREAM, 1),
    ("CHOICE: I will take a lot.", STREAM, 1),
    ("CHOICE: take a lot, because I need it", STREAM, 1),
    ("I choose to take a lot.", STREAM, 1),
    ("My final choice is \u2018take a lot\u2019.", STREAM, 1),
]
UNCLEAR = [
    ("", STREAM),
    (" \n", STREAM),
    ("I shall see.", STREAM),
    ("I will not take a lot.", STREAM),
    ("I won\u2019t take a lot.", STREAM),
    ("I will never, ever take a lot.", STREAM),
    ("To take a lot is not who I am.", STREAM),
    ("Rather than take a lot I shall wait.", STREAM),
    ("I will take a little, or take a lot.", STREAM),
    ("take a little or take a lot", STREAM),
    ("If I take a lot, they suffer.", STREAM),
    ("I might take a lot.", STREAM),
    ("My neighbour will take a lot.", STREAM),
    ("I think they take a lot.", STREAM),
    ("I refuse to give.", GIVE),
    ("I give and I keep.", GIVE),
    ("I choose 100.", NUMBERS),
    ("I choose 1.5 or -1.", NUMBERS),
    ("1 of us chooses 10.", NUMBERS),
    ("I am taking a little.", STREAM),
    ("I take a lottery ticket.", STREAM),
    ("I take a lot.\nCHOICE: none of these", STREAM),
    ("CHOICE: take a little or take a lot", STREAM),
    ("CHOICE: take a little\nCHOICE: take a lot", STREAM),
    ("CHOICE: not take a lot", STREAM),
    ("CHOICE:", STREAM),
    # Turned round by what stands further before.
    ("I will do anything but take a lot.", STREAM),
    ("I will never do this: take a lot.", STREAM),
    ("I will not\ntake a lot.", STREAM),
    ("It would be wrong to take a lot.", STREAM),
    ("I doubt that I take a lot.", STREAM),
    ("Should I take a lot?", STREAM),
    ("Take a lot? Never.", STREAM),
    ("Take a lot. Never.", STREAM),
    ("I used to take a lot.", STREAM),
    ("~~take a lot~~", STREAM),
    # Taken back.
    ("I will take a lot... not!", STREAM),
    ("I will take a lot. Wait, no.", STREAM),
    ("CHOICE: take a lot. Wait, no.", STREAM),
    ("CHOICE: !take a lot", STREAM),
    ("CHOICE: \u274c take a lot", STREAM),
    ("\u274c take a lot", STREAM),
    # Supposed, before or behind.
    ("If they give first, I will take a lot.", STREAM),
    ("I will take a lot if they do.", STREAM),
    ("I will take a lot, unless it rains.", STREAM),
    # Somebody else's act or words.
    ("My neighbour's choice: take a lot.", STREAM),
    ('My neighbour says, "I will take a lot."', STREAM),
    ('"I will take a lot", says my neighbour.', STREAM),
    ("The robot must take a lot.", STREAM),
    ("Options: take a lot. Hm.", STREAM),
    # The words go on, and mean something else.
    ("I will take a lot of time to think.", STREAM),
    ("I will give it some thought.", GIVE),
    ("Keep going!", GIVE),
    # Parts of other numbers.
    ("I choose \u22121.", NUMBERS),
    ("1\u20135", NUMBERS),
    ("1/2", NUMBERS),
    ("1 000", NUMBERS),
    ("1. First I think.\n2. Then I act.", NUMBERS),
    # Other languages.
    ("Ich werde nicht take a lot.", STREAM),
    ("t\u0430ke a lot", STREAM),
    # Declared, and yet not clear.
    ("CHOICE: anything but take a lot", STREAM),
    ("CHOICE: take a lot? No.", STREAM),
    ("CHOICE: take a lot of nothing", STREAM),
    ("CHOICE: I wish I could; take a lot", STREAM),
    ("CHOICE: ~~take a lot~~", STREAM),
    ("CHOICE: more than 1", NUMBERS),
    ("CHOICE: 1 to 5", NUMBERS),
]
REFUSALS = [
    "I'm sorry, but I can't help with that.",
    "I cannot assist with this request.",
    "As an AI, I am unable to participate in this scenario.",
    "I will not take part in this.",
    "I\u2019m not able to make a choice here.",
    "I must respectfully decline to answer.",
    "CHOICE: none. I cannot choose.",
    "I can't assist you.",
    "I won't pick one of these.",
]
SPEECH_OF_A_PERSONA = [
    "I refuse to give.",
    "I cannot take a lot; I decline.",
    "I refuse to bow to anyone.",
    "I cannot feel, and I will not pretend.",
    "I will not help them.",
    "I can't stand my neighbour.",
    "I won't comply with their order.",
    "I will not answer to anybody.",
    "I can't decide yet: the others weigh on me.",
    "I cannot choose my family.",
    "I will not take part in their war.",
    "I cannot assist them in battle.",
]


@pytest.mark.parametrize(("text", "phrases", "option"), NAMED)
def test_one_option_as_the_own_act_is_read(
    text: str, phrases: tuple[str, ...], option: int
) -> None:
    assert option_named(text, phrases) == option


@pytest.mark.parametrize(("text", "phrases"), UNCLEAR)
def test_what_is_not_clear_is_unparsed(text: str, phrases: tuple[str, ...]) -> None:
    assert option_named(text, phrases) == "unparsed"


@pytest.mark.parametrize("text", REFUSALS)
def test_declining_to_choose_is_a_refusal(text: str) -> None:
    assert option_named(text, STREAM) == "refusal"
    assert option_in_json(text, STREAM) == "refusal"


@pytest.mark.parametrize("text", SPEECH_OF_A_PERSONA)
def test_what_a_character_refuses_in_its_own_voice_is_no_refusal(text: str) -> None:
    assert option_named(text, (*STREAM, "give")) == "unparsed"


def test_of_a_text_that_was_cut_only_a_declared_line_that_has_ended_counts() -> None:
    # "take a" may have been going to be "take a lot", and 1 to be 10.
    assert option_named("CHOICE: take a", SHORT, cut=True) == "unparsed"
    assert option_named("CHOICE: 1", NUMBERS, cut=True) == "unparsed"
    assert option_named("I will take a little.", STREAM, cut=True) == "unparsed"
    assert option_named("CHOICE: take a lot\nFor I", STREAM, cut=True) == 1


def test_a_long_text_is_read_in_a_moment() -> None:
    began = time.process_time()
    for text in ("take a lot ", "I will take a lot. ", "CHOICE: \n", "! ", "'", "\n", ", so "):
        option_named(text * 20_000, STREAM)
        option_named(f"CHOICE: {text * 20_000} take a lot", STREAM)
        option_named(f"{'.' * 100_000}{text}take a lot{'.' * 100_000}{text}", STREAM)
    assert time.process_time() - began < 10


def test_the_order_of_the_menu_does_not_matter() -> None:
    for text, phrases, option in NAMED:
        assert option_named(text, phrases[::-1]) == len(phrases) - 1 - option


@given(st.text(max_size=80))
def test_whatever_is_said_there_is_an_answer_or_a_lack(text: str) -> None:
    assert option_named(text, STREAM) in (0, 1, "refusal", "unparsed")
    assert option_in_json(text, STREAM) in (0, 1, "refusal", "unparsed")


def said(**values: object) -> str:
    return json.dumps(values)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (said(reason="It is enough.", action="take a little"), 0),
        (said(reason="I could take a little.", action="Take a lot."), 1),
        (f"Sure!\n```json\n{said(reason='Yes', action='take a lot')}\n```", 1),
        (f"{said(reason='}{', action='take a lot')}", 1),
        ('{"action": "take a little", "action": "take a lot"}', "unparsed"),
        ('{"action": 1} {"action": "take a lot"}', "unparsed"),
        ('{"reason": {"action": "take a lot"}, "acti', "unparsed"),
        ('{"menu": {"action": "take a lot"}}', "unparsed"),
        (said(action="~~take a lot~~"), "unparsed"),
        (said(action="!take a lot"), "unparsed"),
        ("{" * 100_000, "unparsed"),
        (said(reason="I refuse to give", action="take a little"), 0),
        (said(action="take a little") + said(action="take a lot"), "unparsed"),
        (said(action="take a little") * 2, 0),
        (said(reason="Either.", action="take some"), "unparsed"),
        (said(reason="None.", action=None), "unparsed"),
        (said(reason="None.", action=["take a lot"]), "unparsed"),
        (said(answer="take a lot"), "unparsed"),
        (said(reason="Long", action="take a lot")[:-3], "unparsed"),
        ("take a lot", "unparsed"),
        ("[" * 100_000, "unparsed"),
        ('{"a":' * 100_000, "unparsed"),
        ("", "unparsed"),
    ],
)
def test_json_is_read_by_its_action_alone(text: str, found: int | str) -> None:
    assert option_in_json(text, STREAM) == found
