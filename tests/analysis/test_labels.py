"""Labels of people: read, checked, and held against a judge's classes."""

from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.labels import Labels, hold, read_labels

CLASSES = ("yes", "no")
ITEMS = {"t1": "t1", "t2": "t2", "t3": "t3", "go well!": "t1"}


def written(folder: Path, text: str, name: str = "anna.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_of_one_person_bears_its_name(tmp_path: Path) -> None:
    file = written(tmp_path, "item,text,label\nt1,x,yes\nt2,x,\nt9,x,no\n")
    assert read_labels([file], CLASSES, ITEMS) == Labels({"anna": {"t1": "yes"}}, 1, 1)


def test_labellers_may_share_a_file_or_have_one_each(tmp_path: Path) -> None:
    shared = written(tmp_path, "labeller,item,label\nben,t1,no\ncleo,t1,yes\n", "shared.csv")
    own = written(tmp_path, "item,label\nt1,yes\n")
    found = read_labels([shared, own], CLASSES, ITEMS)
    assert dict(found.by) == {"anna": {"t1": "yes"}, "ben": {"t1": "no"}, "cleo": {"t1": "yes"}}


def test_words_are_known_by_their_text_where_no_item_is_named(tmp_path: Path) -> None:
    """As the sample shows it, in quotes, or bare; a spreadsheet's mark of byte order is no part."""
    file = written(tmp_path, '\ufeffText,Class\n"""go well!""",yes\ngo well!,yes\n')
    assert read_labels([file], CLASSES, ITEMS).by == {"anna": {"t1": "yes"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("item,label\nt1,yess\n", "line 2: label = 'yess' is no class of the rubric; did you mean"),
        ("item;label\nt1;yes\n", "labels come in columns 'item' (or 'text') and 'label'"),
        ("", "this has no columns"),
        ("item,label\nt1,yes\nt1,no\n", "line 3: 'anna' labels these words 'no', and 'yes' before"),
        ("item,label\nt9,yes\n", "nothing to compare with: 1 labels are of other words"),
        ("item,label\nt1,\n", "nothing to compare with: no row has a label"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        read_labels([written(tmp_path, text)], CLASSES, ITEMS)
    assert message in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="cannot be read as CSV"):
        read_labels([tmp_path / "none.csv"], CLASSES, ITEMS)


def test_a_judge_is_held_against_what_most_people_say() -> None:
    """The consensus on t1 to t5 is yes, no, none (a split), yes, no.

    The judge says yes, yes, yes, no class, and was not asked about t5.
    """
    people = {
        "anna": {"t1": "yes", "t2": "no", "t3": "yes", "t4": "yes", "t5": "no"},
        "ben": {"t1": "yes", "t2": "no", "t3": "no"},
        "cleo": {"t1": "no", "t2": "no"},
    }
    judge = {"t1": "yes", "t2": "yes", "t3": "yes", "t4": None}
    held = hold(Labels(people, 2, 1), judge, CLASSES, {})
    assert held.labellers == ("anna", "ben", "cleo")
    assert (held.items, held.empty, held.unknown) == (5, 2, 1)
    assert (held.without_consensus, held.without_class, held.not_judged) == (1, 1, 1)
    # Of t1 and t2 it agrees on the first.
    assert held.consensus.confusion == ((1, 1), (0, 0))
    assert (held.consensus.raw.value, held.consensus.n) == (0.5, 2)
    assert {who: each.n for who, each in held.each.items()} == {"anna": 3, "ben": 3, "cleo": 2}
    assert list(held.between) == ["anna, ben", "anna, cleo", "ben, cleo"]
    assert held.between["anna, ben"].confusion == ((1, 1), (0, 1))


def test_alpha_counts_the_judge_as_one_more_labeller() -> None:
    people = {"anna": {"t1": "yes", "t2": "no"}, "ben": {"t1": "yes", "t2": "no"}}
    held = hold(Labels(people, 0, 0), {"t1": "no", "t2": "no"}, CLASSES, {})
    assert held.alpha_people == 1.0
    # yes yes no, no no no: expected 2 x 2 x 4 = 16, observed (9 - 5) / 2 = 2; 1 - 5 x 2 / 16.
    assert held.alpha_all == pytest.approx(1 - 10 / 16)


def test_a_judge_that_errs_in_one_arm_alone_is_seen_to() -> None:
    people = {"anna": {"t1": "yes", "t2": "no", "t3": "no", "t4": "no"}}
    judge = {"t1": "yes", "t2": "no", "t3": "yes", "t4": "yes"}
    # t2 was said by both.
    said_by = {"tin-man": {"t2", "t3", "t4"}, "guardian": {"t1", "t2", "t5"}}
    held = hold(Labels(people, 0, 0), judge, CLASSES, said_by)
    assert list(held.by_member) == ["guardian", "tin-man"]
    assert (held.by_member["guardian"].raw.value, held.by_member["guardian"].n) == (1.0, 2)
    assert (held.by_member["tin-man"].raw.value, held.by_member["tin-man"].n) == (1 / 3, 3)
