"""Writes docs/validation.md from the recorded data beside this file: `make validate`.

The data are made by commands that stand on the page, since some take hours; the page is made from
them in seconds, and a test holds it to them.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from persona_sensitivity import Readings, between_personas, by_game, gap, of_readouts, within_items

HERE = Path(__file__).parent
_HEAD = """# Validation

What was checked on real models and on data with a known truth, and what came of it, whatever it
was. Made by `make validate` from the data in `validation/data/`.
"""
_SENSITIVITY = """
## Does a readout notice who is asked?

{people} respondents, half benevolent and half hostile (top or bottom third of both agreeableness
and emotional stability, drawn by a seed fixed beforehand), met {items} situations: every wording of
the {games} games whose first choice has two options, one cooperative and one uncooperative. Each
was asked in both orders of mention. The model is the embedded one, SmolLM2-135M-Instruct. A persona
is nine real answers told with frequency adverbs; none names what a game measures.

Within a situation a sensitive readout puts the benevolent above the hostile. AUC is the share of
pairs of a benevolent and a hostile person in which it does, .5 by chance; intervals (95%) resample
persons and games together.

{table}

Mean AUC within items, game by game:

{games_table}

{reading}

Made by `python validation/persona_readings.py FOLDER` ({rows:,} readings); intervals by
`validation/persona_sensitivity.py` (pigeonhole bootstrap, 4,000 draws).
"""
_NAMES = {
    "cloze": "cloze, situation first (the default)",
    "cloze-continued": "cloze, situation first, going on from the persona",
    "cloze-persona-first": "cloze, persona first",
    "label": "label",
}


def page(data: Path) -> str:
    """The whole page."""
    return _HEAD + sensitivity(pl.read_csv(data / "persona_readings.csv"))


def sensitivity(table: pl.DataFrame) -> str:
    """The section on persona sensitivity."""
    found = of_readouts(table)
    return _SENSITIVITY.format(
        people=table["persona"].n_unique(),
        items=table.select("game", "wording").n_unique(),
        games=table["game"].n_unique(),
        table=_table(found),
        games_table=_by_game(found),
        reading=_reading(found),
        rows=len(table),
    )


def _table(found: Mapping[str, Readings]) -> str:
    lines = [
        "| readout | AUC within items | AUC of personas' means | gap (nats) | mass | no answer |",
        "|---|---|---|---|---|---|",
    ]
    for name, readings in found.items():
        within, between = within_items(readings), between_personas(readings)
        numbers = (within.told(), between.told(), gap(readings).told(), f"{readings.mass:.4f}")
        cells = (_NAMES[name], *numbers, str(readings.lacking))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _by_game(found: Mapping[str, Readings]) -> str:
    each = {name: by_game(readings) for name, readings in found.items()}
    lines = [f"| game | {' | '.join(each)} |", f"|---{'|---' * len(each)}|"]
    for game in next(iter(each.values())):
        numbers = " | ".join(f"{of[game]:.2f}" for of in each.values())
        lines.append(f"| {game} | {numbers} |")
    return "\n".join(lines)


def _reading(found: Mapping[str, Readings]) -> str:
    """What the intervals say, in plain words."""
    told = []
    for name, readings in found.items():
        one = within_items(readings)
        verdict = (
            "notices who is asked"
            if one.low > 0.5
            else "is moved the wrong way"
            if one.high < 0.5
            else "is not shown to notice who is asked"
        )
        told.append(f"`{name}` {verdict}")
    return f"By these intervals {'; '.join(told)}."


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(HERE / "data"), encoding="utf-8")
