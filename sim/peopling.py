"""From the populations of an experiment file to mixes."""

from collections.abc import Sequence

from agents.own import Own
from agents.populations import TWINS, Population, mixed, parse, series
from agents.selection import KEYS, Term, ordered, strata, written
from sim.errors import ExperimentError
from sim.schema import PopulationEntry

_FORMS = ("mix", "who", "strata", "twins", "trope")
"""Key that tells the form of a population; strata may say whom from by `who`."""
_ALLOWED = {
    "mix": {"mix"},
    "who": {"who", "affect", *KEYS},
    "strata": {"strata", "who", "affect", *KEYS},
    "twins": {"twins"},
    "trope": {"trope", "share", "among"},
}
_EVERYWHERE = {"name", "replacement"}
_AMONG = "human-neutral"


def peopled(entry: str | PopulationEntry, own: Own) -> tuple[Population, ...]:
    """The populations of an entry of `design.populations`; strata and series make several.

    Raises:
        ExperimentError: a table of no form or of several.
        AgentError: a name, share or selection that cannot be used.
    """
    if isinstance(entry, str):
        return (parse(entry, own),)
    form, replacement = _form(entry), entry.replacement is not False
    if form == "trope":
        return _series(entry, own, replacement=replacement)
    if form == "strata":
        return _strata(entry, own, replacement=replacement)
    name, mix = entry.name, dict(entry.mix or {})
    if form == "mix" and name is None:
        raise ExperimentError(f'design.populations: the mix {mix} needs a name: name = "..."')
    if form == "who":
        mix = {_selector(entry, ordered(_terms(entry), _told(entry))): 1}
    if form == "twins":
        mix = {f"{TWINS}{entry.twins}": 1}
    return (mixed(name or next(iter(mix)), mix, own, replacement=replacement),)


def _form(entry: PopulationEntry) -> str:
    given = entry.model_dump(exclude_none=True)
    forms = [form for form in _FORMS if form in given]
    if "strata" in forms:
        forms = [form for form in forms if form != "who"]
    if len(forms) != 1:
        have = f"has {' and '.join(forms)}" if forms else "says nothing of who"
        raise ExperimentError(
            f"design.populations: {_told(entry)} {have}; give one of {', '.join(_FORMS)}"
        )
    strange = [key for key in given if key not in _ALLOWED[forms[0]] | _EVERYWHERE]
    if strange:
        raise ExperimentError(
            f"design.populations: {_told(entry)}: {strange[0]!r} does not go with {forms[0]!r};"
            f" with it go {', '.join(sorted(_ALLOWED[forms[0]] | _EVERYWHERE))}"
        )
    return forms[0]


def _told(entry: PopulationEntry) -> str:
    given = entry.model_dump(exclude_none=True)
    return repr(entry.name) if entry.name else f"the table with {', '.join(given) or 'no key'}"


def _series(entry: PopulationEntry, own: Own, *, replacement: bool) -> tuple[Population, ...]:
    if entry.name is not None:
        raise ExperimentError(
            f"design.populations: {_told(entry)}: the populations of a series are named by their"
            " shares; leave out name"
        )
    if entry.share is None:
        raise ExperimentError(
            f"design.populations: a series of {entry.trope!r} needs its shares, such as"
            " share = [0, 0.25, 0.5, 1]"
        )
    among = entry.among or _AMONG
    return series(str(entry.trope), among, entry.share, own, replacement=replacement)


def _strata(entry: PopulationEntry, own: Own, *, replacement: bool) -> tuple[Population, ...]:
    who = entry.who or "human"
    arm = f"+{entry.affect}" if entry.affect else ""
    prefix = entry.name or f"{who}{arm}"
    return tuple(
        mixed(
            f"{prefix} {' '.join(map(str, terms))}",
            {f"{written(who, terms)}{arm}": 1},
            own,
            replacement=replacement,
        )
        for terms in strata(entry.strata or (), who, _terms(entry))
    )


def _selector(entry: PopulationEntry, terms: Sequence[Term]) -> str:
    arm = f"+{entry.affect}" if entry.affect else ""
    return f"{written(str(entry.who), terms)}{arm}"


def _terms(entry: PopulationEntry) -> tuple[Term, ...]:
    given = ((key, getattr(entry, key)) for key in KEYS)
    return tuple(Term(key, _as_written(value)) for key, value in given if value is not None)


def _as_written(value: str | int | list[int]) -> str:
    return f"{value[0]}..{value[1]}" if isinstance(value, list) else str(value)
