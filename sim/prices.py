"""What tokens cost: prices per million tokens, multiplied exactly."""

from dataclasses import dataclass
from decimal import Decimal

_A_MILLION = -6


@dataclass(frozen=True, slots=True)
class Price:
    """What a model's tokens cost, per million of them.

    Attributes:
        currency: of the amounts, such as USD.
        input: for tokens of prompts that the server had to read.
        cached_input: for tokens of prompts that it had not.
        output: for generated tokens.
    """

    currency: str
    input: Decimal
    cached_input: Decimal
    output: Decimal

    def cost(self, prompt_tokens: int, cached_tokens: int, completion_tokens: int) -> Decimal:
        """What a request costs, exactly.

        Args:
            prompt_tokens: all tokens of the prompt, cached ones included.
            cached_tokens: those of them that were cached.
            completion_tokens: generated.
        """
        new_tokens = prompt_tokens - cached_tokens
        millionths = (
            new_tokens * self.input
            + cached_tokens * self.cached_input
            + completion_tokens * self.output
        )
        return millionths.scaleb(_A_MILLION)

    def most(self, prompt_tokens: int, completion_tokens: int) -> Decimal:
        """What a request can cost at most, whatever is cached."""
        dearest = max(self.input, self.cached_input)
        return (prompt_tokens * dearest + completion_tokens * self.output).scaleb(_A_MILLION)


def money(amount: Decimal, currency: str) -> str:
    """An amount for people: to the cent, and below one unit three digits that count."""
    places = 2 if not amount or abs(amount) >= 1 else 2 - amount.adjusted()
    return f"{amount:.{places}f} {currency}"
