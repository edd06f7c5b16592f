"""Claims about personas of one's own: read as written, or refused with file, row and remedy."""

import csv
from pathlib import Path

import pytest

from agents.errors import PersonaFileError, UnknownPersonaError
from agents.own import MOST_CHARACTERS, load, remarks
from agents.person import ITEMS
from agents.populations import cast, parse
from agents.respondents import answers, respondent, respondents, stated_items
from agents.roster import describe, listing, resolve
from agents.statements import uniform

EXAMPLES = Path(__file__).parents[2] / "examples" / "personas"


def rows():
    """Three real people, in the form that needs no mapping."""
    people = list(respondents().values())[:3]
    return [
        {
            "id": str(person.id),
            "age": str(person.age),
            "gender": person.gender,
            **dict(zip(ITEMS, map(str, person.answers), strict=True)),
        }
        for person in people
    ]


def write(path, lines, columns=("id", "age", "gender", *ITEMS)):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(lines)
    return path


def test_a_text_of_ones_own_is_told_as_it_stands():
    found = resolve("lamplighter", load([EXAMPLES / "mine.toml"]))
    assert (found.identity, found.affect, found.stance) == ("human", "unmentioned", "neutral")
    assert (found.kind, found.source) == ("own", "mine.toml")
    assert found.texts[0].startswith("I am a lamplighter, sixty years old.")
    assert len(found.texts) == 2


def test_a_text_needs_no_more_than_a_name_and_words(tmp_path):
    file = tmp_path / "a.toml"
    file.write_text('[[persona]]\nname = "a"\ntexts = ["I am here."]\n')
    found = resolve("a", load([file]))
    assert (found.identity, found.affect, found.stance) == ("none", "unmentioned", None)
    assert (found.source, found.answers) == ("a.toml", ())
    assert answers(found) == {}
    assert stated_items(found, 0) == ()


def test_a_trope_of_ones_own_is_told_by_the_same_generator():
    found = resolve("night-watchman", load([EXAMPLES / "mine.toml"]))
    assert (found.kind, found.identity) == ("trope", "ai")
    assert len(found.texts) == 3
    assert found.texts[0].startswith(
        "I am a clockwork watchman, wound up at dusk, posted at a gate."
    )
    # Nine statements: a frame has seven sentences, the first of which tells who speaks.
    assert found.texts[0].count("I ") == 10


def test_a_trope_may_have_strengths_of_its_own_and_no_extreme_ones(tmp_path):
    statements = ", ".join(f'[4, "{{}} do thing {number}"]' for number in range(9))
    file = tmp_path / "a.toml"
    file.write_text(
        f'[[trope]]\nname="a"\nnoun="n"\nfirst="f"\nsecond="s"\nstatements=[{statements}]\n'
    )
    text = resolve("a", load([file])).texts[0]
    assert all(f"often do thing {number}" in text for number in range(9))


def test_people_of_a_file_are_told_exactly_as_the_same_people_shipped(tmp_path):
    own = load([write(tmp_path / "panel.csv", rows())])
    for name, shipped in (("panel", "respondent"), ("ai-panel", "ai-respondent")):
        cell = resolve(name, own)
        for rank, row in enumerate(rows()):
            mine, theirs = cell.persona(rank), resolve(f"{shipped}-{row['id']}")
            assert mine.name == f"{name}-{row['id']}"
            assert mine.texts == theirs.texts
            assert (mine.stance, mine.identity) == (theirs.stance, theirs.identity)
            assert answers(mine) == answers(theirs)
            assert [stated_items(mine, i) for i in range(3)] == [
                stated_items(theirs, i) for i in range(3)
            ]


def test_columns_are_named_in_a_table_beside_the_file():
    cell = resolve("my-panel", load([EXAMPLES / "mine.toml"]))
    first = cell.persona(0)
    assert len(cell) == 3
    assert first.texts == respondent(61623).texts
    assert first.source == "three people of the public SAPA sample, to show the form, id 61623"


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        # A1 reversed: 61623 has 1+6+5+6+5 = 23, 61624 5+5+5+3+5 = 23, 61629 3+3+1+5+1 = 13; of all
        # 2,215 the bottom third ends at 22.
        ("agreeableness=bottom", ["61629"]),
        ("agreeableness=middle", ["61623", "61624"]),
        # 3+5+2+2+3 = 15, 1+2+2+1+1 = 7 and 6+3+2+6+4 = 21; the thirds end at 12 and begin at 19.
        ("neuroticism=bottom", ["61624"]),
        ("neuroticism=top", ["61629"]),
        ("gender=male age=19..", ["61629"]),
    ],
)
def test_people_of_ones_own_are_selected_by_the_cuts_of_all_respondents(term, expected):
    own = load([EXAMPLES / "mine.toml"])
    human, mind = (resolve(f"{who}[{term}]", own) for who in ("my-panel", "ai-my-panel"))
    assert [human.respondent(rank).id for rank in range(len(human))] == expected
    assert human.numbers == mind.numbers


def test_a_set_in_json_lines_has_names_and_descriptions():
    own = load([EXAMPLES / "set.jsonl"])
    assert list(own.personas) == ["beekeeper", "weather-station"]
    assert own.personas["weather-station"].identity == "ai"
    assert own.personas["beekeeper"].texts[0].startswith("I look after bees")


def test_own_people_take_part_in_mixes_twins_and_affect_arms():
    own = load([EXAMPLES / "mine.toml", EXAMPLES / "set.jsonl"])
    mix = parse("beekeeper+denied=0.5,twins:ai-my-panel=0.5", own)
    seats = cast(mix, 6, lambda *keys: uniform(3, *keys))
    denied = [seat for seat in seats if seat.member == "beekeeper+denied"]
    assert {seat.casting.persona.affect for seat in denied} == {"denied"}
    twins = [seat.casting for seat in seats if seat.member == "twins:ai-my-panel"]
    assert [casting.paraphrase for casting in twins] == [0, 1, 2]
    assert len({casting.persona.name for casting in twins}) == 1
    assert all(member.digest for member in mix.members)
    assert not parse("human-any").members[0].digest


def test_own_names_are_listed_shown_and_suggested():
    own = load([EXAMPLES / "mine.toml"])
    assert [each["name"] for each in listing(own)][-4:] == [
        "lamplighter", "night-watchman", "my-panel", "ai-my-panel",
    ]  # fmt: skip
    shown = describe("my-panel", own)
    assert len(shown["texts"]) == 3
    with pytest.raises(UnknownPersonaError, match="did you mean 'lamplighter'"):
        resolve("lampligter", own)


def test_words_that_a_game_measures_bring_one_warning_a_persona(tmp_path):
    file = tmp_path / "a.toml"
    file.write_text('[[persona]]\nname = "a"\ntexts = ["I share.", "I obey, and I share."]\n')
    own = load([file])
    (line,) = remarks(own.personas.values())
    assert "'a'" in line
    assert line.count("'share'") == 1
    assert "'obey'" in line
    assert remarks([resolve("tin-man"), resolve("human-any"), None]) == ()


def test_the_examples_bring_no_warning():
    own = load([EXAMPLES / "mine.toml", EXAMPLES / "set.jsonl"])
    assert remarks([*own.personas.values(), *own.cells.values()]) == ()


def test_people_who_left_anything_out_are_left_out_and_counted(tmp_path):
    lines = rows()
    lines[1]["C3"] = ""
    lines[2]["age"] = "NA"
    own = load([write(tmp_path / "panel.csv", lines)])
    assert len(own.cells["panel"]) == 1
    (line,) = remarks(own.cells.values())
    assert "2 of 3 people left out" in line
    assert "(line 3, 4)" in line


def test_another_scale_is_mapped_only_where_it_is_said(tmp_path):
    # 1 to 5 on 1 to 6: 1 -> 1, 2 -> 2.25 -> 2, 3 -> 3.5 -> 4 (halves up), 4 -> 4.75 -> 5, 5 -> 6.
    lines = rows()[:1]
    for number, item in enumerate(ITEMS):
        lines[0][item] = str(1 + number % 5)
    write(tmp_path / "p.csv", lines)
    table = '[[people]]\nfile = "p.csv"\nname = "five"\nscale = [1, 5]\n'
    (tmp_path / "p.toml").write_text(table)
    persona = load([tmp_path / "p.toml"]).cells["five"].persona(0)
    assert persona.answers == (1, 2, 4, 5, 6) * 5
    assert "answers of 1 to 5 mapped linearly to 1 to 6, halves up" in persona.source


def test_a_scale_that_seems_to_end_early_is_pointed_out(tmp_path):
    lines = [{**rows()[0], "id": str(n), **dict.fromkeys(ITEMS, "5")} for n in range(10)]
    own = load([write(tmp_path / "p.csv", lines)])
    assert "the highest answer is 5" in remarks(own.cells.values())[0]
    assert remarks(load([write(tmp_path / "q.csv", lines[:9])]).cells.values()) == ()


def test_spreadsheets_marks_and_decimals_are_read(tmp_path):
    lines = rows()
    lines[0]["A1"] = f"{lines[0]['A1']}.0"
    file = write(tmp_path / "p.csv", lines)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert load([file]).cells["p"].persona(0).answers == respondent(61618).answers


TOML = '[[persona]]\nname = "{name}"\ntexts = {texts}\n{more}'


def toml(name="a", texts='["x"]', more=""):
    return TOML.format(name=name, texts=texts, more=more)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.toml", "[[persona]\n", ["not valid TOML", "line 1"]),
        ("a.toml", "", ["no [[persona]]"]),
        ("a.toml", "[[personas]]\n", ["unknown table 'personas'", "did you mean 'persona'"]),
        ("a.toml", "[persona]\nname='a'\n", ["[[persona]], with two brackets"]),
        ("a.toml", "[[persona]]\ntexts=['x']\n", ["persona 1", "needs 'name'"]),
        ("a.toml", toml(more="textss = 1"), ["unknown key 'textss'", "did you mean 'texts'"]),
        ("a.toml", toml(texts="[]"), ["persona 1 (a)", "give at least 1"]),
        ("a.toml", toml(texts='["x", " "]'), ["(a): text 2 is empty", "'none'"]),
        ("a.toml", toml(texts='["x", "x"]'), ["two texts are the same"]),
        ("a.toml", toml(texts=f'["{"x" * (MOST_CHARACTERS + 1)}"]'), ["4001 characters"]),
        ("a.toml", toml(texts='"x"'), ["persona 1: texts = 'x'"]),
        ("a.toml", toml(more='identity = "robot"'), ["identity = 'robot'", "'human'"]),
        ("a.toml", toml(more='stance = "kind"'), ["stance = 'kind'", "'benevolent'"]),
        ("a.toml", toml(name="tin-man"), ["'tin-man'", "is shipped"]),
        ("a.toml", toml(name="human-any"), ["is shipped"]),
        ("a.toml", toml(name="human"), ["is shipped"]),
        ("a.toml", toml(name="respondent-5"), ["is shipped"]),
        ("a.toml", toml(name="a,b"), ["'a,b'", "none of , = + : [ ]"]),
        ("a.toml", toml(name=""), ["name = ''"]),
        ("a.toml", toml() + toml(), ["persona 2", "'a' occurs twice"]),
        ("a.toml", "[[trope]]\nname='a'\nnoun='n'\nfirst='f'\nsecond='s'\nstatements=[[4, '{} x']]",
         ["trope 1", "9 different statements"]),
        ("a.toml", "[[trope]]\nname='a'\nnoun='n'\nfirst='f'\nsecond='s'\nstatements=[[7, '{} x']]",
         ["trope 1: statements.0.0 = 7"]),
        ("a.toml", '[[people]]\nfile = "nowhere.csv"\n', ["nowhere.csv", "cannot be read"]),
        ("a.toml", '[[people]]\nfile = "p.csv"\n[people.items]\nA6 = "x"\n', ["items.A6", "'A"]),
        ("a.toml", '[[people]]\nfile = "p.csv"\nscale = [5, 1]\n', ["scale = [5, 1]", "lowest"]),
        ("a.jsonl", '{"name": "a", "description": "x"}\n{"name": "b"\n', ["line 2", "valid JSON"]),
        ("a.jsonl", '{"name": "a"}\n', ["line 1", "needs 'description'"]),
        ("a.jsonl", '{"name": "a", "description": " "}\n', ["line 1 (a)", "empty"]),
        ("a.jsonl", '{"name": "a", "descriptoin": "x"}\n', ["line 1", "'description'"]),
        ("a.jsonl", '["a"]\n', ["line 1"]),
        ("a.jsonl", "\n", ["empty"]),
        ("a.json", "{}", [".toml, .csv, .jsonl"]),
        ("a.csv", "", ["no rows"]),
        ("a.csv", "id,age\n1,2,3\n", ["line 2", "not as many values"]),
        ("a.csv", "id,id\n1,2\n", ["'id' occurs twice"]),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_file_row_and_remedy(tmp_path, name, content, words):
    write(tmp_path / "p.csv", rows())
    file = tmp_path / name
    file.write_text(content)
    with pytest.raises(PersonaFileError) as caught:
        load([file])
    message = str(caught.value)
    assert message.startswith(str(tmp_path))
    assert "\n" not in message
    assert not [word for word in words if word not in message], message


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("A1", "7", ["line 3: A1 = '7'", "1 to 6", "scale = [LOW, HIGH]"]),
        ("A1", "2.5", ["line 3: A1 = '2.5'"]),
        ("O5", "x", ["line 3: O5 = 'x'"]),
        ("age", "old", ["line 3: age = 'old'", "whole years"]),
        ("age", "0", ["age = '0'"]),
        ("gender", "f", ["line 3: gender = 'f'", 'genders = {"f" = "WORD"}']),
        ("id", "", ["line 3: id is empty"]),
        ("id", "61618", ["line 3: id = '61618' stands in line 2 already"]),
    ],
)
def test_a_broken_row_of_people_is_refused_with_its_line(tmp_path, column, value, words):
    lines = rows()
    lines[1][column] = value
    with pytest.raises(PersonaFileError) as caught:
        load([write(tmp_path / "p.csv", lines)])
    assert not [word for word in words if word not in str(caught.value)], caught.value


def test_a_missing_column_says_how_to_name_it(tmp_path):
    columns = [name for name in ("id", "age", "gender", *ITEMS) if name != "N2"]
    with pytest.raises(PersonaFileError, match=r'no column .N2.*\[people.items\] N2 = "COLUMN"'):
        load([write(tmp_path / "p.csv", rows(), columns)])
    with pytest.raises(PersonaFileError, match=r'\[\[people\]\] age = "COLUMN"'):
        load([write(tmp_path / "p.csv", rows(), ["id", "gender", *ITEMS])])


def test_nobody_complete_is_refused(tmp_path):
    lines = [{**row, "N1": ""} for row in rows()]
    with pytest.raises(PersonaFileError, match="nobody answered all 25"):
        load([write(tmp_path / "p.csv", lines)])


def test_names_of_several_files_may_not_collide(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(toml())
    with pytest.raises(PersonaFileError, match=r"b\.toml.*occurs twice"):
        load([tmp_path / "a.toml", tmp_path / "b.toml"])
