"""How often a member of the recorded populations chose what: rates that a script can play by."""

from collections.abc import Mapping, Sequence

import polars as pl
import tomli_w

from analysis.errors import AnalysisError, UnknownNameError
from analysis.folder import Folder
from scenarios.catalogue import nearest

_PLACE = ("game", "phase", "menu", "round")


def rates(folder: Folder, member: str, where: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Shares of decided answers by game, phase, menu and round, whatever the seat knew.

    Args:
        folder: the experiment.
        member: of the populations; its characters of all runs are taken together.
        where: level by factor; only runs of these levels are taken.

    Returns:
        game, phase, menu, round, n (decided answers), shares (in the order of the menu).

    Raises:
        UnknownNameError: no such member, factor or level; names the nearest.
        AnalysisError: it never decided anything.
    """
    members = dict.fromkeys(folder.characters["member"].to_list())
    if member not in members:
        hint = nearest(member, members)
        raise UnknownNameError(f"{folder.path}: no member {member!r} was played{hint}")
    runs = _chosen(folder, where or {})
    games = pl.DataFrame(
        [(run.run_id, run.game) for run in folder.runs], schema=["run_id", "game"], orient="row"
    )
    who = folder.characters.filter(member=member).select("run_id", "agent")
    counted = pl.concat(
        [_counted(part, who.join(games, on="run_id")) for part in folder.of_runs(set(runs)).parts()]
    )
    if counted.is_empty():
        raise AnalysisError(f"{folder.path}: {member!r} decided nothing in these runs")
    return _shares(counted.group_by(*_PLACE, "action").agg(pl.col("times").sum()))


def _counted(part: Folder, who: pl.DataFrame) -> pl.DataFrame:
    """How often what was done, by place."""
    answered = part.table("decisions").filter(pl.col("answer") == "decision")
    used = answered.select("run_id", "agent", "phase", "menu", "round", "action")
    decided = part.collected("decisions", used).join(who, on=["run_id", "agent"])
    return decided.group_by(*_PLACE, "action").agg(pl.len().cast(pl.Int64).alias("times"))


def _shares(counted: pl.DataFrame) -> pl.DataFrame:
    rows = [
        (*place, sum(times.values()), [times.get(key, 0) / sum(times.values()) for key in place[2]])
        for place, times in _by_place(counted)
    ]
    names = (*_PLACE, "n", "shares")
    return pl.DataFrame(rows, schema=list(names), orient="row")


def _by_place(
    counted: pl.DataFrame,
) -> Sequence[tuple[tuple[str, str, tuple[str, ...], int], Mapping[str, int]]]:
    """Times of every action of a place, in a fixed order."""
    found: dict[tuple[str, str, tuple[str, ...], int], dict[str, int]] = {}
    for game, phase, menu, now, action, times in counted.iter_rows():
        found.setdefault((game, phase, tuple(menu), now), {})[action] = times
    return sorted(found.items())


def _chosen(folder: Folder, where: Mapping[str, str]) -> list[str]:
    """Runs of these levels."""
    chosen = folder.metadata
    for factor, level in where.items():
        known = dict.fromkeys(folder.factors)
        if factor not in known:
            raise UnknownNameError(f"{folder.path}: no factor {factor!r}{nearest(factor, known)}")
        levels = dict.fromkeys(folder.metadata[factor].to_list())
        if level not in levels:
            hint = nearest(level, levels)
            raise UnknownNameError(f"{folder.path}: {factor!r} has no level {level!r}{hint}")
        chosen = chosen.filter(pl.col(factor) == level)
    return chosen["run_id"].to_list()


def to_toml(member: str, found: pl.DataFrame) -> str:
    """The file that a seat `scripted:rates:FILE` plays by."""
    entries = [
        {
            "game": row["game"],
            "phase": row["phase"],
            "round": row["round"],
            "n": row["n"],
            "options": dict(zip(row["menu"], row["shares"], strict=True)),
        }
        for row in found.iter_rows(named=True)
    ]
    return tomli_w.dumps({"member": member, "rates": entries})
