"""The best schedule that respects the order of rounds, by discrete-event simulation.

A run is a list of rounds, a round the seconds of its requests. The requests of a round may be in
flight together, and the next round of that run begins when all of them are answered. Runs know
nothing of one another and share `width` places.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Runs = Sequence[Sequence[Sequence[float]]]
"""Seconds of every request: runs, rounds, requests."""


@dataclass(frozen=True, slots=True)
class Job:
    """A request that may be sent now.

    Attributes:
        run: which run it belongs to.
        round: which of its rounds, from 0.
        seconds: how long its reply takes.
        number: how many requests could be sent before it.
        chain_after: seconds that the longest requests of the following rounds take together.
        work_left: seconds of all requests of its run from this round on.
        rounds_after: how many rounds follow.
    """

    run: int
    round: int
    seconds: float
    number: int
    chain_after: float
    work_left: float
    rounds_after: int


Rule = Callable[[Job], tuple[float, ...]]
"""Of the requests that wait, the one with the smallest value goes first."""


def first_come(job: Job) -> tuple[float, ...]:
    """In the order in which they could be sent; needs to know nothing."""
    return (job.number,)


def most_rounds_left(job: Job) -> tuple[float, ...]:
    """Of the run that is furthest behind; needs to know no latency."""
    return (-job.rounds_after, job.number)


def longest_path(job: Job) -> tuple[float, ...]:
    """What the most seconds depend on; knows all latencies beforehand."""
    return (-(job.seconds + job.chain_after), job.number)


def most_work_left(job: Job) -> tuple[float, ...]:
    """Of the run with the most seconds left; knows all latencies beforehand."""
    return (-job.work_left, -job.seconds)


CLAIRVOYANT: Sequence[Rule] = (longest_path, most_work_left)
BLIND: Sequence[Rule] = (first_come, most_rounds_left)


def played(runs: Runs, width: int, rule: Rule) -> float:
    """Seconds until all is answered, when a free place always takes the first one by `rule`."""
    return _Play(runs, rule).until_all_is_answered(width)


def best(runs: Runs, width: int) -> float:
    """The shortest of several strong list schedules; `bound` says how far from the optimum."""
    return min(played(runs, width, rule) for rule in (*CLAIRVOYANT, *BLIND))


def bound(runs: Runs, width: int) -> float:
    """No schedule can be shorter: all work on all places, and the longest chain of rounds."""
    return max(work(runs) / width, max((_after(run)[0][0] for run in runs), default=0.0))


def work(runs: Runs) -> float:
    """Seconds of all requests together."""
    return sum(seconds for run in runs for requests in run for seconds in requests)


def one_after_another(runs: Runs, width: int) -> float:
    """Seconds when every run waits for the one before it."""
    return sum(played([run], width, first_come) for run in runs)


class _Play:
    """The state of one simulation."""

    def __init__(self, runs: Runs, rule: Rule) -> None:
        self._runs = [[requests for requests in run if requests] for run in runs]
        self._after = [_after(run) for run in self._runs]
        self._rule = rule
        self._seen = 0
        self._unanswered: dict[int, int] = {}
        self._waiting: list[tuple[tuple[float, ...], int, Job]] = []

    def until_all_is_answered(self, width: int) -> float:
        now = 0.0
        in_flight: list[tuple[float, int, int]] = []
        for run in range(len(self._runs)):
            self._open(run, 0)
        while self._waiting or in_flight:
            while self._waiting and len(in_flight) < width:
                _, _, job = heapq.heappop(self._waiting)
                heapq.heappush(in_flight, (now + job.seconds, job.run, job.round))
            now, run, number = heapq.heappop(in_flight)
            self._unanswered[run] -= 1
            if not self._unanswered[run]:
                self._open(run, number + 1)
        return now

    def _open(self, run: int, number: int) -> None:
        """Let the requests of a round wait for a place."""
        rounds = self._runs[run]
        if number == len(rounds):
            return
        self._unanswered[run] = len(rounds[number])
        chain, left = self._after[run][number + 1][0], self._after[run][number][1]
        for seconds in rounds[number]:
            job = Job(run, number, seconds, self._seen, chain, left, len(rounds) - number - 1)
            heapq.heappush(self._waiting, (self._rule(job), self._seen, job))
            self._seen += 1


def _after(run: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """From each round on, and at the end: the longest chain, and all work."""
    after = [(0.0, 0.0)]
    for requests in reversed(run):
        chain, left = after[-1]
        after.append((chain + max(requests, default=0.0), left + sum(requests)))
    return after[::-1]
