"""What tokens cost and how fast an endpoint takes them: tables of the experiment file.

Neither says anything about what is played: a sweep goes on in its folder when they have changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StrictInt

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


_APART = frozenset({"prices", "limits", "power"})
"""Tables of an experiment file that say nothing about what is played."""
FREE = Price("USD", Decimal(0), Decimal(0), Decimal(0))
"""Of a model that runs on this machine."""

# Decimal reads a number of the file as it is written there; it is written as a number again.
_PerMillion = Annotated[
    Decimal, Field(ge=0, allow_inf_nan=False), PlainSerializer(float, when_used="json")
]
_PerMinute = Annotated[StrictInt, Field(gt=0)]


class PriceEntry(BaseModel):
    """One model's prices per million tokens.

    Attributes:
        cached_input: as `input` where it is not given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: _PerMillion
    cached_input: _PerMillion | None = None
    output: _PerMillion


def _table(value: object) -> object:
    if isinstance(value, Mapping):
        return value
    raise ValueError('besides currency there are tables of models: [prices."MODEL"]')


class Prices(BaseModel):
    """The table [prices]: a currency, and one table for each model by its name in the records."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Annotated[PriceEntry, BeforeValidator(_table)]] = Field(
        init=False
    )

    currency: str = Field(default="USD", min_length=1)

    def of(self, model: str) -> Price | None:
        """What this model costs; None where the table does not say."""
        entry = (self.__pydantic_extra__ or {}).get(model)
        if entry is None:
            return None
        cached = entry.input if entry.cached_input is None else entry.cached_input
        return Price(self.currency, entry.input, cached, entry.output)


class Limits(BaseModel):
    """The table [limits]: what the endpoint takes, and how patiently it is asked.

    Attributes:
        requests_per_minute: None where it takes as many as come.
        tokens_per_minute: prompts and replies; likewise.
        timeout_seconds: for one attempt.
        attempts: how often a request is sent at most.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests_per_minute: _PerMinute | None = None
    tokens_per_minute: _PerMinute | None = None
    timeout_seconds: float = Field(default=120.0, gt=0, le=3600)
    attempts: int = Field(default=5, ge=1, le=20)


def lines_to_add(model: str) -> str:
    """The lines that give a model a price, to be completed by someone who knows it."""
    return f'[prices."{model}"]\ninput = 0.00\ncached_input = 0.00\noutput = 0.00'


def without_terms(experiment: Mapping[str, Any]) -> dict[str, Any]:
    """An experiment's table without those that say nothing about what is played."""
    return {key: value for key, value in experiment.items() if key not in _APART}


def money(amount: Decimal, currency: str) -> str:
    """An amount for people: to the cent, and below one unit three digits that count."""
    places = 2 if not amount or abs(amount) >= 1 else 2 - amount.adjusted()
    return f"{amount:.{places}f} {currency}"
