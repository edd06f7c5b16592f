"""The Society: a Mesa model of characters that play one game on an interaction network.

    while asks := society.asks():                  # states become choices; no input or output
        answers = await minds.answer(asks)         # the only await
        society.settle(answers)                    # rules applied, rows noted

`step()` is the same loop for one round behind Mesa's synchronous face.
"""

from collections import defaultdict
from collections.abc import Sequence

import mesa

from agents.answers import Answer, Decision, Spoken
from agents.choice import Choice
from agents.memory import WORDS, Memory, Seen, recall
from agents.minds import Minds, Posed
from agents.persona import Casting
from agents.populations import Seat
from agents.teller import Situation, Teller
from scenarios.catalogue import AnyGame, game
from scenarios.game import Ask, Event, State
from scenarios.wording import load
from sim import topology
from sim.background import wait_for
from sim.chances import Chances, Drawn
from sim.changing import Changed, planned, standing
from sim.notes import Notes, Settled, Uttered
from sim.plan import RunSpec
from sim.scripted import Scripted
from sim.seating import seat_groups, seats_of
from sim.showing import Member, chosen, society_html


class Character(mesa.Agent):
    """A member of the society: a persona or a strategy, and what it saw.

    Attributes:
        index: 0-based position in the records and the network.
        seat: the persona or strategy.
        payoff: points earned so far.
        text: the persona's words; empty for a scripted character.
    """

    def __init__(self, society: "Society", index: int, seat: Seat) -> None:
        """Join a society."""
        super().__init__(society)
        self.index = index
        self.seat = seat
        self.payoff = 0.0
        self.text = seat.casting.text if seat.casting else ""
        self._seen: defaultdict[int, list[tuple[int, Event]]] = defaultdict(list)
        self._told: tuple[Changed, ...] = ()
        model = society.spec.condition.model
        scripted = model.removeprefix("scripted:") if model.startswith("scripted:") else None
        name = seat.strategy or scripted
        self.strategy = Scripted(name, society.spec, index) if name else None

    @property
    def casting(self) -> Casting | None:
        """The persona in its paraphrase; None for a scripted character."""
        return self.seat.casting

    def remembers(self, memory: Memory, group: int, now: int) -> Seen:
        """What it knows in a round of what it saw in one group, and of what it was told."""
        remembered = recall(memory, self._seen.get(group, ()), now)
        return (*remembered, *standing(self._told, group, now)) if self._told else remembered

    def change(self, change: Changed) -> None:
        """Be told something, become somebody else, or make room for somebody."""
        self.seat = change.after
        self.text = change.after.casting.text if change.after.casting else ""
        if change.forgets:
            self._seen.clear()
            self._told = ()
        if change.told is not None:
            self._told = (*self._told, change)

    def see(self, group: int, now: int, event: Event) -> None:
        """Keep what happened before its eyes in a round."""
        self._seen[group].append((now, event))
        if self.strategy is not None:
            self.strategy.see(group, event)


class Society(mesa.Model):
    """Characters who play one game in groups, round by round.

    Attributes:
        spec: what is played.
        game: the rules.
        seats: who was cast for which seat, whoever sits there later.
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
        self.seats = seats_of(spec)
        self.characters = tuple(
            Character(self, index, seat) for index, seat in enumerate(self.seats)
        )
        self.groups = seat_groups(self.game, self.network, condition.agents, spec.seed)
        self._to_change = list(planned(spec, self.seats, self.groups))
        self.tellers = {len(group): self._teller(len(group)) for group in self.groups}
        self.round = 1
        self.notes = Notes()
        self._chances = Chances(spec.seed, len(self.groups), max(map(len, self.groups), default=0))
        self._states: list[State] = self._starts()
        self._seated = [[self.characters[index] for index in group] for group in self.groups]
        self._pending: tuple[tuple[int, tuple[Ask, ...]], ...] = ()
        self._to_say: list[tuple[int, Ask, str]] = []
        own_words = condition.manner.speech == "words"
        says = (option.key for option in self.game.options if option.says)
        self._said_freely = frozenset(says if own_words else ())
        self._fault: BaseException | None = None
        self._mesa_step = self.step
        self.step = self._step_and_tell  # type: ignore[method-assign]

    @property
    def over(self) -> bool:
        """True when no group asks anything any more."""
        return all(state.over for state in self._states)

    def _repr_html_(self) -> str:
        """What a notebook shows of it."""
        condition = self.spec.condition
        by_member: dict[str, list[Character]] = {}
        for character, seat in zip(self.characters, self.seats, strict=True):
            by_member.setdefault(seat.member, []).append(character)
        members = [
            Member(name, frozenset(c.index for c in own), sum(c.payoff for c in own))
            for name, own in by_member.items()
        ]
        settled = max((one.round for one in self.notes.settled), default=0)
        title = f"{condition.game}, {condition.wording}: {settled} rounds, {len(self.seats)} seats"
        return society_html(title, members, chosen(self.notes, self.game.options))

    @property
    def is_settled(self) -> bool:
        """True when nothing of the round being played is left to be answered."""
        return not self._to_say and not self._is_open()

    def asks(self) -> list[Posed]:
        """Everything that must be answered before play goes on; empty when it is over."""
        if self._to_say:
            return self._pose_sayings()
        if not self._pending:
            self._begin_round()
            self._pending = self._collect()
        return self._pose()

    def settle(self, answers: Sequence[Answer]) -> None:
        """Apply the rules to answers in the order of the asks."""
        if self._to_say:
            self._hear(answers)
            return
        pending, self._pending = self._pending, ()
        drawn: Drawn = {}
        start = 0
        for group, asks in pending:
            stop = start + len(asks)
            draws, at = self.game.draws(self._states[group]), (self.round, asks[0].phase)
            chance = self._chances.of_rules(group, draws, at, drawn)
            self._settle_group(group, asks, tuple(answers[start:stop]), chance)
            start = stop

    def step(self) -> None:
        """Play one round, waiting for the model in a thread of its own."""
        try:
            self._begin_round()
            while self._is_open() or self._to_say:
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
        while self._to_change and self._to_change[0].round <= self.round:
            change = self._to_change.pop(0)
            self.characters[change.agent].change(change)
            self.notes.changed.append(change)

    def _teller(self, seats: int) -> Teller:
        condition = self.spec.condition
        wording = load(condition.game).wordings[condition.wording]
        return Teller(Situation(self.game, wording, condition.parameters), seats)

    def _starts(self) -> list[State]:
        """First states of all groups; each has numbers of its own for what is drawn before play."""
        parameters, sizes = self.spec.condition.parameters, [len(group) for group in self.groups]
        counts = {seats: self.game.opening(parameters, seats) for seats in set(sizes)}
        numbers = self._chances.at_start(max(counts.values(), default=0))
        return [
            self.game.start(parameters, seats, own[: counts[seats]])
            for seats, own in zip(sizes, numbers, strict=True)
        ]

    def _collect(self) -> tuple[tuple[int, tuple[Ask, ...]], ...]:
        return tuple(
            (group, self.game.asks(state))
            for group, state in enumerate(self._states)
            if not state.over and state.round == self.round
        )

    def _pose(self) -> list[Posed]:
        """The pending asks as choices, each with its number for the draw."""
        memory, now = self.spec.condition.memory, self.round
        numbers: Drawn = {}
        posed = []
        for group, asks in self._pending:
            seated = self._seated[group]
            teller = self.tellers[len(seated)]
            for ask in asks:
                if ask.phase not in numbers:
                    numbers[ask.phase] = self._chances.decisions(now, ask.phase)
                number = numbers[ask.phase][self._chances.place(group, ask)]
                character = seated[ask.seat]
                choice: Choice | tuple[float, ...]
                if character.strategy is not None:
                    choice = character.strategy.choose(group, ask, now)
                else:
                    remembered = character.remembers(memory, group, now)
                    choice = teller.tell(ask, remembered, character.text)
                posed.append(Posed(choice, number))
        return posed

    def _pose_sayings(self) -> list[Posed]:
        """What is to be said in own words, each with its number for the sample."""
        memory, now = self.spec.condition.memory, self.round
        numbers: Drawn = {}
        posed = []
        for group, ask, key in self._to_say:
            if ask.phase not in numbers:
                numbers[ask.phase] = self._chances.decisions(now, f"words {ask.phase}")
            seated = self._seated[group]
            character = seated[ask.seat]
            remembered = character.remembers(memory, group, now)
            choice = self.tellers[len(seated)].tell_saying(key, remembered, character.text)
            posed.append(Posed(choice, numbers[ask.phase][self._chances.place(group, ask)]))
        return posed

    def _hear(self, answers: Sequence[Answer]) -> None:
        """Let those who are spoken to hear what was said."""
        to_say, self._to_say = self._to_say, []
        for (group, ask, _), answer in zip(to_say, answers, strict=True):
            if not isinstance(answer, Spoken):
                raise TypeError(f"words were asked for, not {answer}")
            seated, members = self._seated[group], self.groups[group]
            everybody = range(len(seated)) if ask.about is None else (ask.about,)
            heard_by = [seat for seat in everybody if seat != ask.seat]
            if answer.words is not None:
                for seat in heard_by:
                    event = Event(seat, WORDS, (("words", answer.words),))
                    seated[seat].see(group, self.round, event)
            targets = tuple(members[seat] for seat in heard_by)
            key = answer.reading.call_key
            spoken = Uttered(self.round, members[ask.seat], targets, answer.words, key)
            self.notes.uttered.append(spoken)

    def _settle_group(
        self,
        group: int,
        asks: tuple[Ask, ...],
        answers: tuple[Answer, ...],
        chance: tuple[float, ...],
    ) -> None:
        seated, now = self._seated[group], self.round
        moves = tuple(
            [
                ask.menu[answer.position] if isinstance(answer, Decision) else None
                for ask, answer in zip(asks, answers, strict=True)
            ]
        )
        state, done, payoffs, events, owed = self.game.settle(self._states[group], moves, chance)
        self._states[group] = state
        for event in events:
            seated[event.seat].see(group, now, event)
        for ask, points in zip(asks, payoffs, strict=True):
            if points is not None:
                seated[ask.seat].payoff += points
        for seat, points in owed:
            seated[seat].payoff += points
        if self._said_freely:
            self._to_say += [
                (group, ask, move)
                for ask, move in zip(asks, done, strict=True)
                if move in self._said_freely and move and seated[ask.seat].strategy is None
            ]
        settled = Settled(now, group, self.groups[group], asks, answers, done, payoffs)
        self.notes.add(settled, owed)
