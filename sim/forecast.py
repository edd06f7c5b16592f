"""A forecast of what a sweep will ask, from playing it with random answers.

The prompts of distinct contexts are what costs. Random play visits nearly all that any play
visits, so playing without a model tells how many there will be; where a sweep is too large for
that, its first runs are played, and the rest is bounded by how fast contexts were still coming.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from agents.answers import Answer, Decision, Spoken
from agents.choice import Choice
from agents.minds import Minds, Posed, scripted
from agents.reading import Reading, draw
from sim.inquiry import due, number_of
from sim.plan import RunSpec
from sim.prices import Price
from sim.society import Society
from sim.volume import Method, Range, Volume, prompts

MOST_DECISIONS = 200_000
"""About so many are played, in whole seeds; that takes a few seconds."""
_FAR_TOO_MANY = 4
_SAID = Reading(None, None, None, (), None, None, 0, 0, "x" * 160)
"""Stands for words of the usual length, which differ in every sample; here they do not."""
_MOST_MEASURED = 20_000
"""Contexts whose texts are put together; others are taken to be like them."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is left to ask, about.

    Attributes:
        runs: to be played.
        played: of them, with random answers, to their end, for this forecast.
        characters: in all runs together.
        decisions: in all runs together, those of scripted characters included.
        contexts: distinct ones, without the comprehension questions.
        prompts: put to the model; with samples, one for each.
        calls: requests to the model.
        prompt_tokens: of all calls together.
        new_tokens: those of them that a server reads at least, if it holds all it has read.
        completion_tokens: generated.
    """

    runs: int
    played: int
    characters: int
    decisions: int
    contexts: Range
    prompts: Range
    calls: Range
    prompt_tokens: Range
    new_tokens: int
    completion_tokens: Range

    def cost(self, price: Price) -> tuple[Decimal, Decimal]:
        """The least, with everything cached that can be, and the most, with nothing cached."""
        tokens, said = self.prompt_tokens, self.completion_tokens
        cached = max(0, tokens.least - self.new_tokens)
        least = price.cost(tokens.least, cached, said.least)
        return least, price.most(tokens.most, said.most)

    def plus(self, other: "Forecast") -> "Forecast":
        """Both together: of other runs, which share no request."""
        added: dict[str, Any] = {}
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            added[each.name] = mine.plus(theirs) if isinstance(mine, Range) else mine + theirs
        return Forecast(**added)


@dataclass
class _Met:
    """What random play met: samples by context, and how many contexts after each run."""

    samples: dict[Choice, set[int]] = field(default_factory=dict)
    quiz: set[Choice] = field(default_factory=set)
    growth: list[int] = field(default_factory=list)
    decisions: int = 0
    played: float = 0

    def play(self, spec: RunSpec, method: Method, most_decisions: int) -> None:
        """Play one run, or its first rounds where these are too many decisions already."""
        society = Society(spec, Minds(None, "cloze"))
        if method.comprehension and spec.needs_model:
            teller = next(iter(society.tellers.values()))
            self.quiz.update(choice for _, choice in teller.quiz())
        self._ask(society, method, 0)
        while self.decisions < most_decisions and (posed := society.asks()):
            for each in posed:
                saying = isinstance(each.choice, Choice) and bool(each.choice.saying)
                self.decisions += not saying
                if isinstance(each.choice, Choice):
                    sample = int(each.uniform * (method.draws_of_words if saying else method.draws))
                    self.samples.setdefault(each.choice, set()).add(sample)
            society.settle([_at_random(each) for each in posed])
            if society.is_settled:
                self._ask(society, method, society.round)
        whole = society.over or society.round / spec.condition.parameters.rounds
        self.played += float(whole)
        society.dissolve()
        self.growth.append(self.asked)

    def _ask(self, society: Society, method: Method, settled: int) -> None:
        """Ask what is due of an inventory."""
        for one in due(society, method.schedule, settled):
            number = number_of(society.spec.seed, one, settled)
            self.samples.setdefault(one.choice, set()).add(int(number * method.draws))

    @property
    def asked(self) -> int:
        """Contexts, each as often as it is sampled."""
        return sum(map(len, self.samples.values()))

    def volume(self, method: Method) -> tuple[Volume, float]:
        """What they amount to, of the first so many, and the factor to all of them."""
        volume = Volume()
        put = {choice: {0} for choice in self.quiz}
        for text in method.panel:
            put |= {
                Choice(choice.rules, choice.situation, text, "", choice.phrases): {0}
                for choice in self.samples
                if not choice.saying and not choice.statement
            }
        put |= self.samples
        measured = list(put)[:_MOST_MEASURED]
        for choice in measured:
            for prompt in prompts(choice, method):
                volume.add(prompt, len(put[choice]))
        return volume, len(put) / max(1, len(measured))

    def room(self, runs: int) -> float:
        """By which factor the contexts can still grow in all runs, at the pace of the last half."""
        if self.played >= runs or not self.asked:
            return 1.0
        half = len(self.growth) // 2
        before = self.growth[half - 1] if half else 0
        pace = (self.asked - before) / (self.played - half)
        return 1 + pace * (runs - self.played) / self.asked


def forecast(
    specs: Sequence[RunSpec], method: Method, most_decisions: int = MOST_DECISIONS
) -> Forecast:
    """What these runs will ask, about; nothing is sent or written."""
    met = _Met()
    for number, spec in enumerate(specs):
        # All conditions equally often, unless a single seed of them is already too much.
        begins_a_seed = number > 0 and spec.seed != specs[number - 1].seed
        if met.decisions >= (1 if begins_a_seed else _FAR_TOO_MANY) * most_decisions:
            break
        met.play(spec, method, _FAR_TOO_MANY * most_decisions)
    volume, factor = met.volume(method)
    most = factor * met.room(len(specs))

    def whole(measured: Range | int, least: float = factor) -> Range:
        low, high = (measured, measured) if isinstance(measured, int) else measured
        return Range(round(low * least), round(high * most))

    return Forecast(
        runs=len(specs),
        played=int(met.played),
        characters=sum(spec.condition.agents for spec in specs),
        decisions=round(met.decisions * len(specs) / (met.played or 1)),
        contexts=Range(len(met.samples), round(len(met.samples) * met.room(len(specs)))),
        prompts=whole(volume.prompts),
        calls=whole(volume.calls),
        prompt_tokens=whole(volume.prompt_tokens),
        new_tokens=whole(volume.new_tokens).least,
        completion_tokens=whole(volume.completion_tokens),
    )


def _at_random(posed: Posed) -> Answer:
    if isinstance(posed.choice, Choice) and posed.choice.saying:
        return Spoken(_SAID)
    if isinstance(posed.choice, Choice):
        options = len(posed.choice.phrases)
        distribution: tuple[float, ...] = (1 / options,) * options
    else:
        distribution = posed.choice
    return Decision(draw(distribution, posed.uniform), scripted(distribution))
