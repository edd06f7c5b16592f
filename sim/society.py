"""The Society: a Mesa model of characters that play one game on an interaction network.

    while asks := society.asks():                  # states become choices; no input or output
        answers = await minds.answer(asks)         # the only await
        society.settle(answers)                    # rules applied, rows noted

`step()` is the same loop for one round behind Mesa's synchronous face.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import mesa

from agents.memory import Seen, recall
from agents.minds import Answer, Decision, Minds, Posed
from agents.persona import Casting
from agents.populations import Pool, Seat, cast
from agents.teller import Situation, Teller
from scenarios.catalogue import AnyGame, game
from scenarios.game import Ask, Event, State
from scenarios.strategies import Strategy, strategy
from scenarios.wording import load
from sim import topology
from sim.background import wait_for
from sim.notes import Notes
from sim.plan import RunSpec
from sim.streams import keyed, uniform, uniforms


class Character(mesa.Agent):
    """A member of the society: a persona or a strategy, and what it saw.

    Attributes:
        index: 0-based position in the records and the network.
        seat: the persona or strategy.
        payoff: points earned so far.
    """

    def __init__(self, society: "Society", index: int, seat: Seat) -> None:
        """Join a society."""
        super().__init__(society)
        self.index = index
        self.seat = seat
        self.payoff = 0.0
        self.seen: dict[int, list[tuple[int, Event]]] = {}
        model = society.spec.condition.model
        scripted = model.removeprefix("scripted:") if model.startswith("scripted:") else None
        name = seat.strategy or scripted
        self.strategy: Strategy | None = strategy(name, society.game) if name else None

    @property
    def casting(self) -> Casting | None:
        """The persona in its paraphrase; None for a scripted character."""
        return self.seat.casting

    def saw(self, group: int) -> Seen:
        """What it saw in one group, oldest first."""
        return self.seen.get(group, ())


@dataclass(frozen=True, slots=True)
class _Pending:
    """An ask that waits for its answer."""

    group: int
    ask: Ask
    character: Character


class Society(mesa.Model):
    """Characters who play one game in groups, round by round.

    Attributes:
        spec: what is played.
        game: the rules.
        network: who can meet whom; nodes are the characters' indices.
        groups: members of every group, as indices.
        round: the round being played or just settled, 1-based.
        notes: what happened so far, from which the tables are made.
    """

    def __init__(self, spec: RunSpec, minds: Minds) -> None:
        """Cast the characters, build the network and seat the groups.

        Args:
            spec: condition and seed; together they fix everything but the model's replies.
            minds: who answers in `step()`; the awaiting loop brings its own.
        """
        super().__init__(rng=int(spec.seed))
        condition = spec.condition
        self.spec = spec
        self.minds = minds
        self.game: AnyGame = game(condition.game)
        self.network = topology.build(condition.network, condition.agents, spec.seed)
        self.characters = tuple(
            Character(self, index, seat) for index, seat in enumerate(seats_of(spec))
        )
        self.groups = seat_groups(self.game, self.network, condition.agents, spec.seed)
        self.tellers = {len(group): self._teller(len(group)) for group in self.groups}
        self.round = 1
        self.notes = Notes()
        self._states: list[State] = [
            self.game.start(condition.parameters, len(group)) for group in self.groups
        ]
        self._pending: tuple[_Pending, ...] = ()
        self._fault: BaseException | None = None
        self._mesa_step = self.step
        self.step = self._step_and_tell  # type: ignore[method-assign]

    @property
    def over(self) -> bool:
        """True when no group asks anything any more."""
        return all(state.over for state in self._states)

    def asks(self) -> list[Posed]:
        """Everything that must be answered before play goes on; empty when it is over."""
        if not self._pending:
            self._begin_round()
            self._pending = tuple(self._collect())
        return [self._posed(pending) for pending in self._pending]

    def settle(self, answers: Sequence[Answer]) -> None:
        """Apply the rules to answers in the order of the asks."""
        pending, self._pending = self._pending, ()
        start = 0
        while start < len(pending):
            group = pending[start].group
            stop = start
            while stop < len(pending) and pending[stop].group == group:
                stop += 1
            self._settle_group(pending[start:stop], answers[start:stop])
            start = stop

    def step(self) -> None:
        """Play one round, waiting for the model in a thread of its own."""
        try:
            self._begin_round()
            while self._is_open():
                self.settle(wait_for(self.minds.answer(self.asks())))
        except BaseException as fault:  # noqa: BLE001 - raised again by `_step_and_tell`
            self._fault = fault

    def _step_and_tell(self) -> None:
        """Mesa's step, with faults raised after it.

        On Mesa 3.5 a fault that escapes while it steps ends its schedule: every further step would
        silently do nothing.
        """
        self._mesa_step()
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    def dissolve(self) -> None:
        """Let go of the characters, so that sweeps of many societies do not keep them all."""
        self.remove_all_agents()
        # Mesa 3.3 counts agents per model in a class-wide table that would keep the model alive.
        counters = getattr(mesa.Agent, "_ids", None)
        if isinstance(counters, dict):
            counters.pop(self, None)

    def _is_open(self) -> bool:
        """Whether any group still plays the round being played."""
        return any(not state.over and state.round == self.round for state in self._states)

    def _begin_round(self) -> None:
        """Go on to the next round where this one is settled."""
        if not self._is_open() and not self.over:
            self.round += 1

    def _teller(self, seats: int) -> Teller:
        condition = self.spec.condition
        wording = load(condition.game).wordings[condition.wording]
        return Teller(Situation(self.game, wording, condition.parameters), seats)

    def _collect(self) -> list[_Pending]:
        return [
            _Pending(number, ask, self.characters[self.groups[number][ask.seat]])
            for number, state in enumerate(self._states)
            if not state.over and state.round == self.round
            for ask in self.game.asks(state)
        ]

    def _posed(self, pending: _Pending) -> Posed:
        character, ask, group = pending.character, pending.ask, pending.group
        number = uniform(
            self.spec.seed, "decision", self.round, ask.phase, group, ask.seat, str(ask.about)
        )
        seen = character.saw(group)
        if character.strategy is not None:
            return Posed(character.strategy([event for _, event in seen], ask.menu), number)
        remembered = recall(self.spec.condition.memory, seen, self.round)
        text = character.casting.text if character.casting else ""
        teller = self.tellers[len(self.groups[group])]
        return Posed(teller.tell(ask, remembered, text), number)

    def _settle_group(self, pending: Sequence[_Pending], answers: Sequence[Answer]) -> None:
        number = pending[0].group
        members, state = self.groups[number], self._states[number]
        moves = tuple(
            item.ask.menu[answer.position] if isinstance(answer, Decision) else None
            for item, answer in zip(pending, answers, strict=True)
        )
        key = ("chance", self.round, pending[0].ask.phase, number)
        chance = uniforms(self.spec.seed, self.game.draws(state), *key)
        settlement = self.game.settle(state, moves, chance)
        self._states[number] = settlement.state
        for event in settlement.events:
            seen = self.characters[members[event.seat]].seen.setdefault(number, [])
            seen.append((self.round, event))
        for item, answer, move, payoff in zip(
            pending, answers, settlement.moves, settlement.payoffs, strict=True
        ):
            item.character.payoff += payoff or 0.0
            self.notes.decided(self.round, (number, members), item.ask, answer, payoff)
            self.notes.done(self.round, members, item.ask, move, payoff)


def seat_groups(
    played: AnyGame, network: topology.Graph, agents: int, seed: int
) -> tuple[tuple[int, ...], ...]:
    """Who plays with whom: single seats, the edges of the network, or groups cut from it."""
    if played.seats.most == 1:
        return tuple((index,) for index in range(agents))
    if played.seats.most == 2:
        return topology.edges(network)
    return topology.cut_into_groups(network, played.seats.default, seed)


def seats_of(spec: RunSpec) -> tuple[Seat, ...]:
    """Who sits where in a run: the population, drawn and placed by the run's seed."""
    condition = spec.condition
    draw = keyed(condition.pool_seed)
    pool = None if condition.pool is None else Pool(condition.pool, draw)
    return cast(condition.population, condition.agents, keyed(spec.seed), pool)
