"""The page of a game in the documentation, written from its code: `docs/scenarios/NAME.md`.

`python -m scenarios.page docs/scenarios` writes all of them; a test says when that is due.
"""

import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

from scenarios.catalogue import AnyGame, catalogue
from scenarios.game import Family, Parameters
from scenarios.human_page import people
from scenarios.rounds import payoff_rows, phases, rounds_of_each_kind
from scenarios.theory import pure_equilibria, social_optima, stage
from scenarios.wording import Wording, fill, load

_MOST_ROWS = 40


def page(game: AnyGame) -> str:
    """The page of one game as Markdown."""
    parts = [
        f"# {game.name}",
        "Written by `python -m scenarios.page docs/scenarios`; edit the game or its wordings"
        " instead.",
        _facts(game),
        about(game),
        _options(game),
        _parameters(game),
        *_payoffs(game),
        *_theory(game),
        people(game.name),
        *_wordings(game),
        _quiz(game),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def index() -> str:
    """The page of all games as Markdown: one row each, by family."""
    parts = [
        "# Scenarios",
        "Written by `python -m scenarios.page docs/scenarios`. How to add one:"
        " [adding a scenario](../adding-a-scenario.md).",
    ]
    for family in get_args(Family):
        rows = [_row(game) for game in catalogue().values() if game.family == family]
        head = ("scenario", "seats", "rounds of", "tags", "presets", "after")
        parts.append(f"## {family.capitalize()}\n\n{_table(head, rows)}")
    return "\n\n".join(parts) + "\n"


def _row(game: AnyGame) -> tuple[str, ...]:
    tags = dict.fromkeys(tag for option in game.options for tag in option.tags)
    presets = ", ".join(f"`{name}`" for name in game.presets)
    name = f"[{game.name}]({game.name}.md)"
    return (name, _size(game), ", ".join(phases(game)), ", ".join(tags), presets, game.citation)


def about(game: AnyGame) -> str:
    """The rules in words, without lists of presets and the like."""
    return _prose(type(game))


def described(kind: type, section: str) -> dict[str, str]:
    """The entries of one section of a class's docstring and its bases', by name."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        text = inspect.cleandoc(base.__dict__.get("__doc__") or "")
        body = re.search(rf"^{section}:\n((?:    .*\n?|\n)+)", text, re.MULTILINE)
        if body:
            entries = re.findall(r"^    (\S+): ((?:.|\n(?!    \S))+)", body[1], re.MULTILINE)
            found |= {name: " ".join(entry.split()) for name, entry in entries}
    return found


def write(folder: Path) -> None:
    """Write the pages of all games."""
    folder.mkdir(parents=True, exist_ok=True)
    for game in catalogue().values():
        (folder / f"{game.name}.md").write_text(page(game), encoding="utf-8")
    (folder / "index.md").write_text(index(), encoding="utf-8")


def _facts(game: AnyGame) -> str:
    return f"Family: {game.family}. Seats: {_size(game)}. Source: {game.citation}."


def _size(game: AnyGame) -> str:
    seats = game.seats
    if seats.least == seats.most:
        return f"{seats.least}"
    return f"{seats.least} to {seats.most} (by default {seats.default})"


def _prose(kind: type) -> str:
    text = inspect.cleandoc(kind.__doc__ or "")
    return re.split(r"\n\n(?=\w+:\n    )", text)[0]


def _options(game: AnyGame) -> str:
    rows = [(o.key, o.action_class, ", ".join(o.tags)) for o in game.options]
    return "## Options\n\n" + _table(("option", "class", "tags"), rows)


def _parameters(game: AnyGame) -> str:
    meaning = described(game.parameters, "Attributes")
    fields = game.parameters.model_fields
    rows = [(name, _number(field.default), meaning.get(name, "")) for name, field in fields.items()]
    text = "## Parameters\n\n" + _table(("parameter", "default", "meaning"), rows)
    source = _prose(game.parameters)
    presets = described(type(game), "Presets")
    named = [
        (name, ", ".join(f"{key} {_number(value)}" for key, value in _changed(game, preset)), what)
        for name, preset in game.presets.items()
        for what in [presets.get(name, "")]
    ]
    table = _table(("preset", "differs from the defaults in", "source"), named) if named else ""
    return "\n\n".join(part for part in (text, source, table) if part)


def _changed(game: AnyGame, preset: Parameters) -> list[tuple[str, object]]:
    defaults = game.parameters().model_dump()
    given = preset.model_dump()
    return [(key, value) for key, value in given.items() if value != defaults[key]]


def _payoffs(game: AnyGame) -> Iterator[str]:
    yield "## Payoffs\n\nPoints of one round at the default parameters, without noise or mishap."
    for state in rounds_of_each_kind(game):
        rows = list(payoff_rows(game, state))
        if len(rows) > _MOST_ROWS:
            continue
        alone = rows[0].others_payoff is None
        head = ("you", "you get") if alone else ("you", "all others", "you get", "others get")
        yield _table(
            head,
            [
                (", ".join(row.own), _number(row.payoff))
                if alone
                else (
                    ", ".join(row.own),
                    ", ".join(row.others),
                    _number(row.payoff),
                    _number(row.others_payoff),
                )
                for row in rows
            ],
        )


def _theory(game: AnyGame) -> Iterator[str]:
    parameters = game.parameters()
    welfare = game.welfare(parameters, game.seats.default)
    worst, best = _number(welfare.worst), _number(welfare.best)
    span = "a whole game" if welfare.whole_game else "one round"
    yield f"## Theory\n\nSum of a group's payoffs in {span}: {worst} at worst, {best} at best."
    if welfare.outside:
        told = ", ".join(f"{key} {_number(points)}" for key, points in welfare.outside)
        yield f"In it, the expected points of people without a seat: {told}."
    try:
        form = stage(game, parameters, game.seats.default)
    except ValueError:
        return
    equilibria = "; ".join(", ".join(profile) for profile in pure_equilibria(form)) or "none"
    optima = "; ".join(", ".join(profile) for profile in social_optima(form, welfare.outside))
    first = "the first round" + (", as if none followed" if welfare.whole_game else "")
    yield f"Pure equilibria of {first}: {equilibria}. Best for all together: {optima}."


def _wordings(game: AnyGame) -> Iterator[str]:
    parameters = game.parameters()
    terms = game.terms(parameters, game.seats.default)
    for wording in load(game.name).wordings.values():
        yield f"## Wording `{wording.name}` ({wording.domain})"
        yield "> " + wording.tell_rules(terms, game.notes(parameters))
        rows = [
            (option.key, wording.options[option.key].phrase, wording.options[option.key].past)
            for option in game.options
        ]
        yield _table(("option", "I will", "you"), rows)
        yield "\n".join(f"- {kind}: {text}" for kind, text in _templates(wording))


def _templates(wording: Wording) -> Iterator[tuple[str, str]]:
    for title, texts in (
        ("note", wording.notes),
        ("asked", wording.asks),
        ("remembered", wording.events),
    ):
        yield from (
            (f"{title} `{key}`", text.replace("{when}", wording.last))
            for key, text in texts.items()
        )


def _quiz(game: AnyGame) -> str:
    file = load(game.name)
    terms = game.terms(game.parameters(), game.seats.default)
    first = next(iter(file.wordings.values()))
    lines = [f"## Comprehension\n\nIn the wording `{first.name}`:\n"]
    for template in file.quiz:
        question = template.ask(first, terms)
        if question is not None:
            lines.append(f"- {question.text} **{fill(template.correct, terms)}**")
    return "\n".join(lines)


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
