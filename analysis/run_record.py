"""What `run.json` says of a run: its condition, its seed and who played."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.errors import FolderError

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class CharacterRecord:
    """One character of a run.

    Attributes:
        agent: its number, 0-based.
        member: the population's member that it was cast for, for example "human-benevolent".
        persona: the persona it plays, for example "respondent-61620"; "scripted:NAME" where a
            strategy moves.
        paraphrase: index of the persona's text.
        identity: human, ai or none.
        affect: affirmed, unmentioned or denied; None for scripted seats.
        stance: benevolent, neutral or hostile; None for controls.
        kind: respondent, trope, control, scrambled or scripted.
        source: where the text comes from.
        text: the persona's words.
        strategy: name of the scripted strategy, None where a model moves.
        focal: whether a series is about its behaviour; None outside a series.
        answers: the human answers behind the persona by inventory item, 1 to 6; empty without any.
        stated: those items that the persona's text states.
    """

    agent: int
    member: str
    persona: str
    paraphrase: int
    identity: str | None = None
    affect: str | None = None
    stance: str | None = None
    kind: str | None = None
    source: str = ""
    text: str = ""
    strategy: str | None = None
    focal: bool | None = None
    answers: Mapping[str, int] = field(default_factory=dict)
    stated: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """One change in the middle of a run, as it was planned.

    Attributes:
        at: round at whose beginning it comes, 1-based.
        kind: what is changed, for example "denial".
        arm: treatment, control or yoked.
        targets: agents that it is about.
    """

    at: int
    kind: str
    arm: str
    targets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run as it was declared and cast.

    Attributes:
        run_id: name of its folder.
        condition: slug of all factors but the seed.
        seed: the run's seed.
        game: name of the game; `factors` may call the same game with other parameters otherwise.
        factors: level of every factor of the design, without the seed.
        parameters: the game's parameters as resolved.
        group_sizes: seats of every group.
        characters: who played, in order of agent.
        edges: who could meet whom.
        usage: calls and tokens.
        interventions: what is changed in the middle of the run.
    """

    run_id: str
    condition: str
    seed: int
    game: str
    factors: Mapping[str, Any]
    parameters: Mapping[str, Any]
    group_sizes: tuple[int, ...]
    characters: tuple[CharacterRecord, ...]
    edges: tuple[tuple[int, int], ...] = ()
    usage: Mapping[str, Any] | None = None
    interventions: tuple[ChangeRecord, ...] = ()

    @property
    def scenario(self) -> str:
        """The scenario as the design names it."""
        return str(self.factors["scenario"])

    @classmethod
    def parse(cls, document: Mapping[str, Any], where: str = "run.json") -> "RunRecord":
        """A run from the content of its `run.json`; keys that are not known are passed over.

        Args:
            document: the parsed JSON.
            where: named in the error.

        Raises:
            FolderError: a key is missing or holds something else.
        """
        try:
            characters = sorted(
                (_character(entry) for entry in document["characters"]),
                key=lambda character: character.agent,
            )
            if [character.agent for character in characters] != list(range(len(characters))):
                raise ValueError(f"characters must be numbered 0 to {len(characters) - 1}")
            return cls(
                run_id=str(document["run_id"]),
                condition=str(document["condition"]),
                seed=int(document["seed"]),
                game=str(document.get("game", document["factors"]["scenario"])),
                factors={"scenario": document["factors"]["scenario"], **document["factors"]},
                parameters=dict(document["parameters"]),
                group_sizes=tuple(int(size) for size in document["group_sizes"]),
                characters=tuple(characters),
                edges=tuple((int(a), int(b)) for a, b in document.get("edges", ())),
                usage=document.get("usage"),
                interventions=tuple(map(_change, document.get("interventions", ()))),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problem = f"{type(error).__name__}: {error}"
            raise FolderError(f"{where}: not the record of a run ({problem})") from None


def _character(entry: Mapping[str, Any]) -> CharacterRecord:
    known = CharacterRecord.__dataclass_fields__
    return CharacterRecord(**{key: value for key, value in entry.items() if key in known})


def _change(entry: Mapping[str, Any]) -> ChangeRecord:
    targets = tuple(int(agent) for agent in entry["targets"])
    return ChangeRecord(int(entry["at"]), str(entry["kind"]), str(entry["arm"]), targets)
