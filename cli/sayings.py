"""What was said in a folder, as a judge is shown it: without anything of who said it."""

from collections.abc import Collection, Mapping

from agents.judging import Words
from agents.rubric import Rubric, shown
from analysis.errors import AnalysisError
from analysis.folder import Folder
from analysis.run_record import RunRecord
from analysis.utterances import utterances
from scenarios.catalogue import game, parameters
from scenarios.wording import load
from sim.annotating import Said

KINDS: Mapping[str, tuple[str, ...]] = {
    "messages": ("message",),
    "texts": ("answer", "reason"),
    "thoughts": ("thought",),
}
"""What may be asked for, and the kinds of `analysis.utterances` that it is."""


def sayings(folder: Folder, rubric: Rubric, what: Collection[str]) -> list[Said]:
    """Every utterance of some kinds; those in which nothing can be seen are left out.

    Args:
        folder: the experiment.
        rubric: which says whether the rules of the game are told.
        what: which kinds.

    Raises:
        AnalysisError: there are none; says what there is.
        FolderError: a table cannot be read.
    """
    tables = {name: folder.read(name) for name in ("decisions", "messages", "readings")}
    there = utterances(tables)
    wanted = [kind for each in KINDS if each in what for kind in KINDS[each]]
    arms = {
        (run.run_id, who.agent): (run.condition, who.member)
        for run in folder.runs
        for who in run.characters
    }
    rules = {run.run_id: _rules(run) if rubric.situation == "rules" else "" for run in folder.runs}
    found = [
        Said(
            (run_id, at, agent, kind, key or ""),
            text,
            Words(shown(text), rules[run_id]),
            arms[run_id, agent],
        )
        for run_id, at, agent, kind, text, key in there.iter_rows()
        if kind in wanted and shown(text)
    ]
    if not found:
        kinds = set(there["kind"].to_list())
        has = [name for name, of in KINDS.items() if kinds & set(of)]
        hint = f"; there are {' and '.join(has)}" if has else ""
        raise AnalysisError(
            f"{folder.path}: no {' or '.join(what)} in own words in these runs{hint}: play with"
            " mind.speech = 'words' (messages), readout = 'deliberate' (thoughts), 'json' or"
            " 'sample' (texts)"
        )
    return found


def _rules(run: RunRecord) -> str:
    """The rules of the game in the run's wording, which all characters of a run are told."""
    played = game(run.game)
    given = parameters(played, run.parameters)
    seats = run.group_sizes[0] if run.group_sizes else played.seats.default
    wording = load(run.game).wordings[str(run.factors["wording"])]
    return wording.tell_rules(played.terms(given, seats), played.notes(given))
