"""A budget of calls and tokens that stops a sweep before it is passed."""

from dataclasses import dataclass

from sim.errors import StoppedError


@dataclass
class Budget:
    """What may still be sent.

    Attributes:
        most_calls: at most so many calls in this session; None for no limit.
        most_tokens: prompt and generated tokens, likewise; checked before every call, so that the
            limit is passed by less than one call's tokens.
        calls: sent so far.
        tokens: used so far.
    """

    most_calls: int | None = None
    most_tokens: int | None = None
    calls: int = 0
    tokens: int = 0

    def claim(self) -> None:
        """Count a call that is about to be sent.

        Raises:
            StoppedError: the budget is used up.
        """
        if self.most_calls is not None and self.calls >= self.most_calls:
            raise StoppedError(f"the budget of {self.most_calls} calls is used up")
        if self.most_tokens is not None and self.tokens >= self.most_tokens:
            raise StoppedError(f"the budget of {self.most_tokens} tokens is used up")
        self.calls += 1

    def spend(self, tokens: int) -> None:
        """Count the tokens of a reply."""
        self.tokens += tokens
