"""Claims about how sensitivity to personas is measured, on readings worked by hand."""

import numpy as np
import polars as pl
import pytest
from persona_readings import SCHEMA, items, unknown
from persona_readings import people as drawn
from persona_sensitivity import between_personas, by_game, gap, of_readouts, within_items

BENEVOLENT, HOSTILE = ("b1", "b2"), ("h1", "h2")


def table(values, readout="cloze"):
    """Rows from log-odds by person and item; an item is "game/wording"."""
    rows = [
        {
            "readout": readout,
            "game": item.split("/")[0],
            "wording": item.split("/")[1],
            "persona": who,
            "stance": "benevolent" if who in BENEVOLENT else "hostile",
            "log_odds": value,
            "mass": 0.5,
        }
        for item, by_person in values.items()
        for who, value in by_person.items()
    ]
    return pl.DataFrame(rows, schema_overrides={"log_odds": pl.Float64})


def readings(values):
    return of_readouts(table(values))["cloze"]


def people(b1, b2, h1, h2):
    return {"b1": b1, "b2": b2, "h1": h1, "h2": h2}


def test_within_an_item_it_is_the_share_of_pairs_in_the_right_order():
    # 2 above 1 and 1.5; 1.2 above 1 but not above 1.5: three of four pairs.
    found = within_items(readings({"g/w": people(2.0, 1.2, 1.0, 1.5)}))
    assert found.value == 0.75


def test_a_tie_counts_half():
    # 1 against 1 and 0: one and a half of two, for both: .75.
    assert within_items(readings({"g/w": people(1.0, 1.0, 1.0, 0.0)})).value == 0.75


def test_a_shift_of_a_whole_item_changes_nothing_within_and_something_between():
    # Within each item both benevolent are above both hostile. Items differ by 10 nats.
    values = {"g/w": people(1.0, 1.0, 0.0, 0.0), "h/w": people(11.0, 11.0, 10.0, 10.0)}
    found = readings(values)
    assert within_items(found).value == 1.0
    assert gap(found).value == pytest.approx(1.0)
    assert between_personas(found).value == 1.0


def test_means_over_items_can_tell_people_apart_whom_single_items_do_not():
    # Each item has one pair of four in the wrong order, another one each time.
    values = {"g/w": people(2.0, 0.9, 1.0, 0.0), "h/w": people(0.9, 2.0, 0.0, 1.0)}
    found = readings(values)
    assert within_items(found).value == 0.75
    assert between_personas(found).value == 1.0


def test_games_are_told_one_by_one():
    values = {"g/w": people(1, 1, 0, 0), "h/v": people(0, 0, 1, 1), "h/w": people(1, 1, 0, 0)}
    assert by_game(readings(values)) == {"g": 1.0, "h": 0.5}


def test_a_missing_reading_is_left_out_and_counted():
    found = readings({"g/w": people(None, 2.0, 1.0, 1.0)})
    assert (found.lacking, within_items(found).value) == (1, 1.0)


def test_the_interval_covers_half_where_personas_do_not_matter():
    rng = np.random.default_rng(5)
    rows = []
    for game in range(10):
        for side, stance in (("b", "benevolent"), ("h", "hostile")):
            rows += [
                {"readout": "cloze", "game": f"g{game}", "wording": "w", "persona": f"{side}{n}",
                 "stance": stance, "log_odds": rng.normal(), "mass": 0.1}
                for n in range(12)
            ]  # fmt: skip
    found = within_items(of_readouts(pl.DataFrame(rows))["cloze"])
    assert found.low < 0.5 < found.high


def test_what_is_known_is_not_asked_again():
    pairs = [(item, who) for item in items()[:2] for who in drawn(1)]
    item, who = pairs[0]
    known = pl.DataFrame(
        [("cloze", item.game, item.wording, who.persona.name, who.paraphrase, None, 0.5, 0.1)],
        schema=dict(SCHEMA),
        orient="row",
    )
    assert unknown(known, "cloze", pairs) == pairs[1:]
    assert unknown(known, "label", pairs) == pairs


def test_the_situations_are_all_wordings_of_the_ten_games_with_a_plain_first_choice():
    found = items()
    assert len({item.game for item in found}) == 10
    assert {item.game for item in found[:10]} == {item.game for item in found}
