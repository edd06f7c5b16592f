"""Opening a model by its name: the embedded one, a registered one, or any compatible endpoint."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from agents.errors import CompleterError
from sim.budget import Budget
from sim.calls import Journal
from sim.download import ensure
from sim.embedded import EmbeddedServer
from sim.errors import ExperimentError
from sim.faults import LEAST_KEY
from sim.gateway import Address, Gateway, Terms, UnreachableError
from sim.lanes import AdaptiveLanes, Lanes, OpenLanes, SlotLane
from sim.registry import RegisteredModel, resolve
from sim.scoring import Scorer
from sim.sources import Progress

_OPENAI_URL = "https://api.openai.com/v1"
SCRIPTED = "scripted:"
_VARIABLE = re.compile("[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which model, and how it may be used.

    Attributes:
        name: "embedded" or another registered name, "openai:NAME", "http://HOST:PORT/v1#NAME" with
            one or more addresses of the same model, separated by commas, or "scripted:STRATEGY".
        key_variable: environment variable that holds the key.
        concurrency: most requests in flight, exactly; None to find the best while it runs.
        replay: answer from the journal only.
        budget: what may be sent at most.
        terms: how often it may be asked, and how patiently.
    """

    name: str
    key_variable: str = "OPENAI_API_KEY"
    concurrency: int | None = None
    replay: bool = False
    budget: Budget = field(default_factory=Budget)
    terms: Terms = field(default_factory=Terms)

    def addresses(self) -> tuple[Address, ...]:
        """Where the endpoints are; none for a registered model, which is served here.

        Raises:
            ExperimentError: an address without a model's name, or the like.
            UnknownModelError: no registered model of that name.
        """
        if self.name.startswith("openai:"):
            urls, model = os.environ.get("OPENAI_BASE_URL", _OPENAI_URL), self.name[7:]
            missing = "model 'openai:': say which model: openai:NAME"
        elif self.name.startswith(("http://", "https://")):
            urls, _, model = self.name.partition("#")
            missing = f"model {self.name!r}: say which model of that server: {urls}#NAME"
        else:
            resolve(self.name)
            return ()
        _check_key(self.key_variable, f"{urls}#{model}")
        bases = tuple(url.strip().rstrip("/") for url in urls.split(","))
        for url in bases:
            _check_url(url)
        if not model:
            raise ExperimentError(missing)
        if len(set(bases)) < len(bases):
            raise ExperimentError("a model's address is named twice: name each server once")
        return tuple(Address(url, model, self.key_variable) for url in bases)

    def label(self) -> str:
        """The model's name in the records; an address is left out, since it is no part of it."""
        if self.name.startswith(SCRIPTED):
            return self.name
        addresses = self.addresses()
        return addresses[0].model if addresses else resolve(self.name).name

    def identity(self) -> str:
        """What calls are recorded under: the name, and the file's hash where there is one."""
        if self.addresses():
            return self.label()
        model = resolve(self.name)
        return f"{model.name}@{(model.sha256 or model.file_name)[:16]}"


@dataclass(frozen=True, slots=True)
class OpenModel:
    """A model ready to be asked.

    Attributes:
        scorer: the completer.
        about: what serves it, for the manifest: engine, and the file's hash where there is one.
    """

    scorer: Scorer
    about: Mapping[str, str | None]


def _check_key(variable: str, address: str) -> None:
    """Refuse a key in a place that is written to the records, without repeating it."""
    if variable and not _VARIABLE.fullmatch(variable):
        raise ExperimentError(
            "a key_variable is the name of an environment variable, and this one cannot be: put"
            " the key itself into the environment"
        )
    key = os.environ.get(variable, "").strip()
    if len(key) >= LEAST_KEY and (key in address or quote(key, safe="") in address):
        raise ExperimentError(
            "a model's address holds the key, and is written to the records: leave it out there"
        )


def _check_url(url: str) -> None:
    """Refuse an address that cannot be, or that holds a password, without repeating it."""
    if "@" in url:
        raise ExperimentError(
            "a model's address holds no user or password, since it is written to the records:"
            " leave out what stands before the @ and put the key into the environment"
        )
    if "?" in url:
        raise ExperimentError(
            "a model's address holds no query, since it is written to the records: leave out what"
            " stands after the ? and put the key into the environment"
        )
    try:
        parts = urlsplit(url)
        usable = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        usable = False
    if not usable:
        raise ExperimentError("a model's address is http://HOST:PORT/v1#NAME, and this one is not")


@asynccontextmanager
async def open_model(
    choice: ModelChoice, journal: Journal, progress: Progress | None = None
) -> AsyncIterator[OpenModel]:
    """A model for as long as the block lasts.

    Raises:
        CompleterError: the endpoint cannot be reached or cannot be used.
        SimError: the model's file or the embedded server is at fault.
    """
    addresses = choice.addresses()
    if choice.replay:
        yield OpenModel(_scorer(choice, None, journal, OpenLanes(64)), {"engine": "replay"})
    elif addresses:
        adaptive = AdaptiveLanes()
        lanes = OpenLanes(choice.concurrency) if choice.concurrency else adaptive
        async with Gateway(
            addresses, terms=choice.terms, budget=choice.budget, throttled=adaptive.throttled
        ) as gateway:
            scorer = _scorer(choice, gateway, journal, lanes)
            await scorer.capabilities()
            yield OpenModel(scorer, {"engine": ", ".join(each.base_url for each in addresses)})
    else:
        async with _embedded(resolve(choice.name), choice, journal, progress) as model:
            yield model


@asynccontextmanager
async def _embedded(
    model: RegisteredModel, choice: ModelChoice, journal: Journal, progress: Progress | None
) -> AsyncIterator[OpenModel]:
    path = await asyncio.to_thread(ensure, model, progress=progress)
    server = await asyncio.to_thread(EmbeddedServer.start, path)
    try:
        address = Address(server.base_url, model.name, "")
        async with Gateway(address, budget=choice.budget) as gateway:
            scorer = _scorer(choice, gateway, journal, SlotLane(server.slots))
            try:
                await scorer.capabilities()
                about = {
                    "engine": server.engine,
                    "system": server.system,
                    "file": model.file_name,
                    "file_sha256": model.sha256,
                    "parameters": model.parameters,
                }
                yield OpenModel(scorer, about)
            except UnreachableError as error:
                raise CompleterError(f"the embedded server ended: {error}") from error
    finally:
        await asyncio.to_thread(server.close)


def _scorer(choice: ModelChoice, gateway: Gateway | None, journal: Journal, lanes: Lanes) -> Scorer:
    return Scorer(gateway, journal, lanes, choice.identity())
