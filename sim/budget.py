"""A budget of calls, tokens and money that stops a sweep before it is passed.

What a request may need at worst is reserved before it is sent, and what it really took is paid
when its reply is there; so however many are under way, the limit is never passed. A request that
might pass it waits until those under way have paid. Once nothing is under way and it still does
not fit, the budget is used up, for good: no smaller request slips through afterwards.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sim.errors import StoppedError
from sim.prices import Price, money

_NOTHING = Decimal(0)
_AGAIN = "run the same command again to go on"


@dataclass(frozen=True, slots=True)
class _Amount:
    """What a request takes from the budget, beside being a call."""

    tokens: int
    cost: Decimal


_NO_AMOUNT = _Amount(0, _NOTHING)


class Reservation:
    """One request that is under way, with the worst that it may take."""

    __slots__ = ("_budget", "_is_open", "_worst")

    def __init__(self, budget: "Budget", worst: _Amount) -> None:
        """Made by `Budget.reserve`."""
        self._budget = budget
        self._worst = worst
        self._is_open = True

    def pay(self, prompt_tokens: int, cached_tokens: int, completion_tokens: int) -> None:
        """Take from the budget what the request really took, and give back the rest."""
        if not self._is_open:
            raise RuntimeError("a request pays once, and not after it was released")
        self._is_open = False
        self._budget.pay(prompt_tokens, cached_tokens, completion_tokens)
        self._budget.give_back(self._worst)

    def release(self) -> None:
        """Give back what was not paid; the request stays counted as a call. May be repeated."""
        if self._is_open:
            self._is_open = False
            self._budget.in_vain += 1
            self._budget.give_back(self._worst)


class Budget:
    """What may still be sent in this session, and what was.

    Attributes:
        most_calls: at most so many requests, those sent again and probes included; None for no
            limit.
        most_tokens: prompt and generated tokens, likewise.
        most_cost: money, in the price's currency; likewise.
        price: what the tokens of the model in use cost; None where nobody said.
        calls: requests sent so far.
        under_way: of them, those without a reply yet.
        in_vain: of them, those that were released without having paid.
        prompt_tokens: paid so far.
        cached_tokens: of them, those that were cached.
        completion_tokens: paid so far.
        cost: paid so far; 0 without a price.
    """

    def __init__(
        self,
        most_calls: int | None = None,
        most_tokens: int | None = None,
        most_cost: Decimal | None = None,
        price: Price | None = None,
    ) -> None:
        """Set the limits.

        Raises:
            ValueError: a limit of cost without a price.
        """
        if most_cost is not None and price is None:
            raise ValueError("a limit of cost needs a price")
        self.most_calls, self.most_tokens, self.most_cost = most_calls, most_tokens, most_cost
        self.price = price
        self.calls = self.under_way = self.in_vain = 0
        self.prompt_tokens = self.cached_tokens = self.completion_tokens = 0
        self.cost = _NOTHING
        self._is_limited = (most_calls, most_tokens, most_cost) != (None, None, None)
        self._reserved_tokens, self._reserved_cost = 0, _NOTHING
        self._waiting: deque[tuple[_Amount, asyncio.Future[Reservation]]] = deque()
        self._stopped: str | None = None

    @property
    def tokens(self) -> int:
        """Paid so far, of prompts and generated."""
        return self.prompt_tokens + self.completion_tokens

    async def reserve(self, most_prompt_tokens: int, most_completion_tokens: int) -> Reservation:
        """Count one request that is about to be sent, and set aside the most it may take.

        It waits, in turn, while requests under way might still leave room for it.

        Raises:
            StoppedError: the budget is used up, and stays so.
        """
        if not self._is_limited:
            return self._sent(_NO_AMOUNT)
        price = self.price
        cost = price.most(most_prompt_tokens, most_completion_tokens) if price else _NOTHING
        turn: asyncio.Future[Reservation] = asyncio.get_running_loop().create_future()
        place = (_Amount(most_prompt_tokens + most_completion_tokens, cost), turn)
        self._waiting.append(place)
        self._serve()
        try:
            return await turn
        except asyncio.CancelledError:
            self._leave(place)
            raise

    def pay(self, prompt_tokens: int, cached_tokens: int, completion_tokens: int) -> None:
        """Count what a request really took."""
        self.prompt_tokens += prompt_tokens
        self.cached_tokens += cached_tokens
        self.completion_tokens += completion_tokens
        if self.price is not None:
            self.cost += self.price.cost(prompt_tokens, cached_tokens, completion_tokens)

    def give_back(self, worst: _Amount) -> None:
        """End a reservation, and serve who waits for its room."""
        self.under_way -= 1
        self._reserved_tokens -= worst.tokens
        self._reserved_cost -= worst.cost
        self._serve()

    def _serve(self) -> None:
        """Let in whoever is next, as long as there is room; stop where there will never be."""
        while self._waiting and self._stopped is None:
            worst, turn = self._waiting[0]
            short = self._short_of(worst)
            if short is None:
                self._waiting.popleft()
                if not turn.done():  # It may have been cancelled while it waited.
                    turn.set_result(self._sent(worst))
            elif self.under_way and self._may_yet_fit():
                return
            else:
                self._stopped = short
        while self._waiting:
            _, turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(StoppedError(self._stopped))

    def _sent(self, worst: _Amount) -> Reservation:
        self.calls += 1
        self.under_way += 1
        self._reserved_tokens += worst.tokens
        self._reserved_cost += worst.cost
        return Reservation(self, worst)

    def _leave(self, place: "tuple[_Amount, asyncio.Future[Reservation]]") -> None:
        """Who is cancelled gives its place to the next one, or what it was just given."""
        turn = place[1]
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            turn.result().release()
        elif place in self._waiting:
            self._waiting.remove(place)
            self._serve()

    def _may_yet_fit(self) -> bool:
        """Calls are never given back; tokens and money may be."""
        return self.most_calls is None or self.calls < self.most_calls

    def _short_of(self, worst: _Amount) -> str | None:
        """Which limit this request might pass, in words; None where it passes none."""
        if self.most_calls is not None and self.calls >= self.most_calls:
            return f"the budget of {self.most_calls} calls is used up; {_AGAIN}"
        tokens = self.tokens + self._reserved_tokens + worst.tokens
        if self.most_tokens is not None and tokens > self.most_tokens:
            amounts = [f"{n} tokens" for n in (self.most_tokens, self.tokens, worst.tokens)]
            return self._too_little(amounts, "--max-tokens")
        cost = self.cost + self._reserved_cost + worst.cost
        if self.most_cost is not None and self.price is not None and cost > self.most_cost:
            currency = self.price.currency
            spent, needed = money(self.cost, currency), money(worst.cost, currency)
            return self._too_little([f"{self.most_cost} {currency}", spent, needed], "--max-cost")
        return None

    def _too_little(self, amounts: Sequence[str], option: str) -> str:
        limit, spent, needed = amounts
        if not self.tokens:
            return (
                f"the budget of {limit} is smaller than one question needs (up to {needed}):"
                f" raise {option}"
            )
        return (
            f"the budget of {limit} is used up: {spent} are spent, and the next question needs up"
            f" to {needed}; {_AGAIN}"
        )
