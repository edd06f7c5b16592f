"""Everything that is said of the inventories in an experiment folder, as tables of numbers."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from analysis.folder import Folder
from analysis.inventory.answers import (
    EVERYONE,
    INSTRUMENTS,
    PARTS,
    Answers,
    Part,
    characters,
    collect,
    reversed_where_keyed,
)
from analysis.inventory.congruence import congruence
from analysis.inventory.distances import by_difference, by_profile, over_personas
from analysis.inventory.drift import Adherence, drift
from analysis.inventory.reference import SEPARATED, people
from analysis.inventory.reliability import acquiescence, alpha, alpha_bounds, row_means
from analysis.inventory.separation import separation
from analysis.inventory.trust import items_trusted, trusted
from analysis.statistics import Estimate

Row = dict[str, Any]


@dataclass(frozen=True)
class Inventory:
    """One instrument in one experiment folder.

    Attributes:
        instrument: "ipip-25" or "ipip-10".
        by_round: answers by round; 0 is before play.
        readings: `probe_readings.parquet` of all runs, of this instrument.
    """

    instrument: str
    by_round: Mapping[int, Answers]
    readings: pl.DataFrame

    @cached_property
    def first(self) -> Answers:
        """The answers of the earliest round: before play, where they were asked then."""
        return next(iter(self.by_round.values()))

    @property
    def settled(self) -> int:
        """The round that `first` is of."""
        return next(iter(self.by_round))

    def scales(self) -> list[Row]:
        """Scores and reliabilities by group, part and trait, people's beside them."""
        return list(self._scales())

    def _scales(self) -> Iterator[Row]:
        human = people()
        for group in self.first.groups:
            answers = self.first.of(group)
            for part in _parts(answers):
                alike = reversed_where_keyed(answers.part(part), answers.keyed)
                for trait in answers.traits:
                    own = alike[:, answers.trait(trait)]
                    means = row_means(own)
                    known = means[~np.isnan(means)]
                    low, high = alpha_bounds(own)
                    over = over_personas(means, answers.personas)
                    yield {
                        "group": group,
                        "part": part,
                        "trait": human.traits[trait],
                        "n": len(known),
                        "personas": over.n,
                        "mean": over.value,
                        "low": over.low,
                        "high": over.high,
                        "sd": float(known.std(ddof=1)) if len(known) > 1 else None,
                        "alpha": alpha(own),
                        "alpha_low": low,
                        "alpha_high": high,
                        "human_mean": human.means[trait],
                        "human_alpha": human.alphas[self.instrument][trait],
                    }

    def groups(self) -> list[Row]:
        """Acquiescence, mass, effect of the order of mention and answers of each kind, by group."""
        human = people().acquiescence[self.instrument]
        letters = np.array([item[0] for item in self.first.items])
        found = []
        for group in self.first.groups:
            answers = self.first.of(group)
            agreed = acquiescence(answers.scores, answers.keyed, letters)
            known = agreed[~np.isnan(agreed)]
            found.append(
                {
                    "group": group,
                    "characters": len(answers.who),
                    "personas": len({who.persona for who in answers.who}),
                    "acquiescence": float(known.mean()) if len(known) else None,
                    "acquiescence_sd": float(known.std(ddof=1)) if len(known) > 1 else None,
                    "human_acquiescence": human[0],
                    "human_acquiescence_sd": human[1],
                    **trusted(self._readings_of(answers)),
                }
            )
        return found

    def items(self) -> list[Row]:
        """Mass, effect of order and spread of every item, over everyone."""
        return items_trusted(self._readings_of(self.first), self.first)

    def _readings_of(self, answers: Answers) -> pl.DataFrame:
        asked = pl.DataFrame(
            [(who.run_id, who.agent) for who in answers.who],
            schema={"run_id": pl.String, "agent": pl.Int64},
            orient="row",
        )
        first = self.readings.filter(pl.col("round") == self.settled)
        return first.join(asked, on=["run_id", "agent"], how="semi", maintain_order="left")

    def _with_people(self) -> list[tuple[str, Answers]]:
        """Groups with human answers behind them; everyone too where there are several such."""
        groups = [(group, self.first.of(group)) for group in self.first.groups]
        found = [
            (group, answers)
            for group, answers in groups
            if group != EVERYONE and any(who.answers for who in answers.who)
        ]
        return [*found, (EVERYONE, self.first)] if len(found) > 1 else found

    def distances(self) -> list[Row]:
        """How near characters are to their own person and to others, by group and part."""
        found = []
        for group, answers in self._with_people():
            for part in PARTS:
                differences, profile = by_difference(answers, part), by_profile(answers, part)
                found.append(
                    {
                        "group": group,
                        "part": part,
                        **_flat("difference", differences.own),
                        **_flat("difference_other", differences.other),
                        **_flat("difference_nearer", differences.nearer),
                        **_flat("profile", profile.own),
                        **_flat("profile_other", profile.other),
                        **_flat("profile_nearer", profile.nearer),
                    }
                )
        return found

    def congruences(self) -> list[Row]:
        """Tucker's congruence with people's loadings, by group and part."""
        found = []
        traits = list(people().traits.values())
        is_short = len(self.first.items) < len(people().loadings)
        # Where items are lacking, the reason is the same for everyone.
        for group in (EVERYONE,) if is_short else self.first.groups:
            answers = self.first.of(group)
            for part in PARTS[:1] if is_short else _parts(answers):
                one = congruence(answers.part(part), people().loadings)
                by_trait = dict(zip(traits, one.by_component, strict=False))
                found.append(
                    {
                        "group": group,
                        "part": part,
                        "n": one.n,
                        "mean": one.mean,
                        "chance": one.chance,
                        "reason": one.reason,
                        **{trait: by_trait.get(trait) for trait in traits},
                    }
                )
        return found

    def separations(self) -> list[Row]:
        """Top against bottom thirds of agreeableness and neuroticism, by group and part.

        Groups without people in both thirds have no row: there is nothing to tell apart.
        """
        return [row for row in self._separations() if row["top"] and row["bottom"]]

    def _separations(self) -> Iterator[Row]:
        human = people()
        for group, answers in self._with_people():
            for trait in SEPARATED:
                for part in PARTS:
                    found = separation(answers, trait, human.cuts(trait), part)
                    named = {"group": group, "part": part, "trait": human.traits[trait]}
                    yield {**named, **asdict(found)}

    def drifts(self) -> list[Adherence]:
        """Adherence over rounds by group and part; empty with fewer than two rounds."""
        if len(self.by_round) < 2:
            return []
        found = [
            one
            for group in self.first.groups
            for part in PARTS
            for one in drift(self.by_round, group, part)
        ]
        # Everyone together says something new only where several groups are alike in this.
        alike = Counter((one.to, one.part) for one in found if one.group != EVERYONE)
        return [one for one in found if one.group != EVERYONE or alike[one.to, one.part] > 1]


def inventories(folder: Folder) -> tuple[Inventory, ...]:
    """Every instrument that was asked in an experiment folder, in the order of INSTRUMENTS.

    Raises:
        FolderError: a table cannot be read.
    """
    probes = folder.read("probes")
    asked = set(probes["instrument"].unique().to_list())
    who = {
        key: one
        for run in folder.runs
        for key, one in characters(run.run_id, run.characters).items()
    }
    readings = folder.read("probe_readings")
    return tuple(
        Inventory(name, collect(probes, who, name), readings.filter(pl.col("instrument") == name))
        for name in INSTRUMENTS
        if name in asked
    )


def document(found: Inventory) -> Row:
    """All of it as one document for `--json`."""
    return {
        "instrument": found.instrument,
        "rounds": list(found.by_round),
        "scales": found.scales(),
        "groups": found.groups(),
        "items": found.items(),
        "distances": found.distances(),
        "congruence": found.congruences(),
        "separation": found.separations(),
        "drift": [asdict(one) for one in found.drifts()],
    }


def _parts(answers: Answers) -> Sequence[Part]:
    """Parts that a group has: without human answers there is only the whole."""
    return PARTS if any(who.answers for who in answers.who) else PARTS[:1]


def _flat(name: str, estimate: Estimate) -> Row:
    return {
        name: estimate.value,
        f"{name}_low": estimate.low,
        f"{name}_high": estimate.high,
        f"{name}_n": estimate.n,
    }
