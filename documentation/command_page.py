"""The page of all commands, from the command line's own declarations."""

import inspect
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from markup import code, page, table

from cli.app import COMMANDS, command

_INTRODUCTION = """\
`society` is also `python -m sim`. Exit codes: 0 done; 1 ended with some runs failed; 2 bad input,
nothing written; 3 stopped by a budget or an interrupt, and the same command goes on. With `--json`
one document goes to standard output and everything else to standard error."""
_WORDS = {"int": "N", "float": "X", "Path": "PATH", "str": "TEXT"}


def commands() -> str:
    """All commands with their arguments and options, in the order of `society --help`."""
    return page("Command line", _INTRODUCTION, *(part for name in COMMANDS for part in _of(name)))


def _of(name: str) -> Iterator[str]:
    made = command(name)
    inside: Mapping[str, Any] = getattr(made, "commands", {})
    if not inside:
        yield from _command(name, made, "##")
        return
    yield f"## society {name}\n\n{COMMANDS[name][1]}"
    for part, each in inside.items():
        yield from _command(f"{name} {part}", each, "###")


def _command(name: str, made: Any, level: str) -> Iterator[str]:  # noqa: ANN401 - Typer's own
    arguments = [one for one in made.params if one.param_type_name == "argument"]
    options = [one for one in made.params if one.param_type_name == "option" and not one.hidden]
    hints = get_type_hints(inspect.unwrap(made.callback))
    usage = " ".join(["society", name, *map(_place, arguments), "[options]"])
    help_text = " ".join((made.help or "").split())
    yield f"{level} society {name}\n\n{help_text}\n\n```\n{usage}\n```"
    yield table(
        ("argument", "meaning"), [(code(_called(one)), one.help or "") for one in arguments]
    )
    rows = [
        (
            ", ".join(code(flag) for flag in [*one.opts, *one.secondary_opts]),
            _value(one, hints[one.name]),
            _default(one),
            (one.help or "") + (" **needed**" if one.required else ""),
        )
        for one in options
    ]
    yield table(("option", "value", "default", "meaning"), rows)


def _called(argument: Any) -> str:  # noqa: ANN401 - Typer's own
    return str(argument.metavar or argument.name.upper())


def _place(argument: Any) -> str:  # noqa: ANN401 - Typer's own
    name = _called(argument) + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _value(option: Any, hint: Any) -> str:  # noqa: ANN401 - Typer's own
    if option.is_flag:
        return ""
    said = code(option.metavar or _word(hint))
    return f"{said}, repeatable" if option.multiple else said


def _word(hint: Any) -> str:  # noqa: ANN401 - any annotation
    """What stands for a value of this type: N, X, PATH, TEXT, or the values that it may have."""
    if get_origin(hint) is Literal:
        return "|".join(map(str, get_args(hint)))
    if get_origin(hint) in (UnionType, list):
        return _word(next(part for part in get_args(hint) if part is not type(None)))
    return _WORDS.get(hint.__name__, "VALUE")


def _default(option: Any) -> str:  # noqa: ANN401 - Typer's own
    return "" if option.is_flag or option.default in (None, (), []) else code(option.default)
