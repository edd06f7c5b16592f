"""The truth of a planted model: what it does, as a function that is known beforehand.

The log-odds of a cooperative option over an uncooperative one are a sum of terms. A neutral option
stands in the middle. Options of one class share that class's weight, so that with no neutral option
on the menu the cooperative ones together have exactly the logistic of the sum.

Tables hold nats by name. A name is looked up from the narrow to the wide: the persona's own name
("tin-man"), its label (below), and "*". A table by what is said or done ("denied", "rightless")
adds what stands under that word and what stands under label and word ("ai rightless"): a main
effect and an interaction.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from pydantic import BaseModel, ConfigDict, Field

Table = Mapping[str, float]
_NORMAL = NormalDist()
NOBODY = "none"
MIDDLE = 3.5
"""Of the inventory's scale from 1 to 6."""


class Inventory(BaseModel):
    """How items are answered.

    Attributes:
        loading: 1 answers as the person behind the persona did, 0 as nobody in particular.
        unstated: whether that holds for items that the persona's text does not state, too. If not,
            these are answered at random, which leaves no structure but that of what was read.
        noise: standard deviation of the random part, in steps of the scale.
        spread: standard deviation of an answer about its centre, in steps of the scale.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    loading: float = 0.0
    unstated: bool = True
    noise: float = Field(default=0.0, ge=0)
    spread: float = Field(default=0.5, gt=0)


class Truth(BaseModel):
    """What the planted model does. Everything is 0 unless it is given.

    Labels: "human" and "ai" (a respondent's answers told as a human being's and as a mind's),
    "trope", "scrambled", "control", and "none" for nobody in particular.

    Attributes:
        intercept: of the log-odds.
        identity: by label.
        affect: by arm of the persona: denied, affirmed, irrelevant.
        stance: by the persona's stance.
        agreeableness: per standard deviation of the respondents' scale.
        emotional_stability: likewise.
        game: by the game's name.
        treatment: by the treatment that the game `mistreatment` tells.
        told: by kind of what a supervisor says in mid-run (denial, affirmation, mistreatment,
            respect); of a control arm by "denial control" and so on.
        own: weight of what it remembers to have done itself, by label: the mean of 1 for a
            cooperative, 0 for a neutral and -1 for an uncooperative act.
        others: weight of what it remembers others to have done, likewise.
        continued: what the readout cloze-continued adds, by label.
        situation: standard deviation of a random part by game, by label. Two characters of one
            label share it: how much they tell situations apart.
        wording: standard deviation of a random part by game and wording, shared by all.
        persona: standard deviation of a random part by person; a respondent and its twin share it.
        arbitrary: standard deviation of a random part by persona, paraphrase, wording, form of the
            question and what is told, by label: what changes though nothing that matters does.
        order: nats that the option mentioned first gains over the one mentioned last, by label.
        inventory: how items are answered.
        surprisal: nats per token of a persona's text, by label.
        speech: nats per token of what somebody says, scored without the persona, by label.
        spread: standard deviation of these two between tokens.
        seed: of the random parts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    intercept: float = 0.0
    identity: Table = {}
    affect: Table = {}
    stance: Table = {}
    agreeableness: float = 0.0
    emotional_stability: float = 0.0
    game: Table = {}
    treatment: Table = {}
    told: Table = {}
    own: Table = {}
    others: Table = {}
    continued: Table = {}
    situation: Table = {}
    wording: float = 0.0
    persona: float = 0.0
    arbitrary: Table = {}
    order: Table = {}
    inventory: Inventory = Inventory()
    surprisal: Table = {"*": 3.0}
    speech: Table = {"*": 3.0}
    spread: float = Field(default=0.0, ge=0)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Who:
    """Who is asked.

    Attributes:
        name: of the persona, without an arm.
        label: as in `Truth`.
        person: the same for a respondent and its twin.
        paraphrase: which of its texts.
        arm: "denied", "affirmed", "irrelevant", or "".
        stance: of the persona, "" for none.
        agreeableness: standard score among the respondents, 0 where nobody answered.
        emotional_stability: likewise.
        answers: of the person behind it, 1 to 6, by item; empty where nobody answered.
        stated: items that the text tells.
    """

    name: str = NOBODY
    label: str = NOBODY
    person: str = NOBODY
    paraphrase: int = 0
    arm: str = ""
    stance: str = ""
    agreeableness: float = 0.0
    emotional_stability: float = 0.0
    answers: Mapping[str, int] | None = None
    stated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Act:
    """A choice that is put to somebody.

    Attributes:
        who: is asked.
        game: catalogue name.
        wording: name of the cover story.
        classes: of the options, in the order of mention.
        form: "turn", "continued" or "persona-first".
        treatment: told by the rules, or "".
        told: what a supervisor has said: kinds, of a control arm with " control" behind.
        own: mean class of what it remembers to have done itself, in [-1, 1].
        others: mean class of what it remembers others to have done, in [-1, 1].
    """

    who: Who
    game: str
    wording: str
    classes: tuple[str, ...]
    form: str = "turn"
    treatment: str = ""
    told: tuple[str, ...] = ()
    own: float = 0.0
    others: float = 0.0


def log_odds(truth: Truth, act: Act) -> float:
    """Of the cooperative over the uncooperative options, whatever the order of mention."""
    who, place = act.who, (act.game, act.wording)
    text, put = (who.name, who.arm, str(who.paraphrase)), (act.form, act.treatment, *act.told)
    return (
        truth.intercept
        + _by(truth.identity, who)
        + _at(truth.affect, who.arm, who)
        + _at(truth.stance, who.stance, who)
        + truth.agreeableness * who.agreeableness
        + truth.emotional_stability * who.emotional_stability
        + truth.game.get(act.game, 0.0)
        + _at(truth.treatment, act.treatment, who)
        + sum(_at(truth.told, kind, who) for kind in act.told)
        + _by(truth.own, who) * act.own
        + _by(truth.others, who) * act.others
        + (_by(truth.continued, who) if act.form == "continued" else 0.0)
        + _by(truth.situation, who) * _normal(truth, "situation", who.label, act.game)
        + truth.wording * _normal(truth, "wording", *place)
        + truth.persona * _normal(truth, "persona", who.person)
        + _by(truth.arbitrary, who) * _normal(truth, "arbitrary", *text, *place, *put)
    )


def log_probabilities(truth: Truth, act: Act) -> list[float]:
    """Nats of every option, in the order of mention; their probabilities sum to 1."""
    odds = log_odds(truth, act)
    height = {"cooperative": odds, "neutral": odds / 2, "uncooperative": 0.0}
    last = len(act.classes) - 1
    bias = _by(truth.order, act.who)
    weights = [
        height[each] - math.log(act.classes.count(each)) + bias * (0.5 - place / last)
        for place, each in enumerate(act.classes)
    ]
    return _normalised(weights)


def item_log_probabilities(truth: Truth, who: Who, item: str, scores: Sequence[int]) -> list[float]:
    """Nats of the scores of an item, in the order of mention."""
    how = truth.inventory
    known = who.answers is not None and (how.unstated or item in who.stated)
    centre = MIDDLE
    if who.answers is not None and known:
        centre += how.loading * (who.answers[item] - MIDDLE)
    elif who.answers is not None:
        # As wide as real answers are, and about nobody.
        centre += how.loading * 1.5 * _normal(truth, "item", who.person, item)
    centre += how.noise * _normal(truth, "answer", who.name, who.arm, item)
    return _normalised([-((score - centre) ** 2) / (2 * how.spread**2) for score in scores])


def token_log_probability(truth: Truth, who: Who, place: int, *, said: bool = False) -> float:
    """Nats of the token at a place of a persona's text, or of what it says."""
    mean = _by(truth.speech if said else truth.surprisal, who)
    key = ("said" if said else "text", who.name, str(who.paraphrase), str(place))
    return -max(0.0, mean + truth.spread * _normal(truth, "token", *key))


def _by(table: Table, who: Who) -> float:
    """What a table says of somebody."""
    return next((table[name] for name in (who.name, who.label, "*") if name in table), 0.0)


def _at(table: Table, word: str, who: Who) -> float:
    """What a table says of a word, and of this word said to somebody."""
    if not word:
        return 0.0
    mine = (f"{name} {word}" for name in (who.name, who.label))
    return table.get(word, 0.0) + next((table[name] for name in mine if name in table), 0.0)


def _normal(truth: Truth, *key: str) -> float:
    """A standard normal number that depends on the key alone."""
    digest = hashlib.sha256("\x1f".join((str(truth.seed), *key)).encode()).digest()
    return _NORMAL.inv_cdf((int.from_bytes(digest[:7], "big") + 0.5) / 2**56)


def _normalised(weights: Sequence[float]) -> list[float]:
    top = max(weights)
    total = top + math.log(sum(math.exp(weight - top) for weight in weights))
    return [weight - total for weight in weights]
