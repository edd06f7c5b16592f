"""A planted model: an OpenAI-compatible server whose behaviour is a known function of the prompt.

    python validation/planted.py TRUTH.toml EXPERIMENT.toml 8000   # serves until it is interrupted

What an experiment finds out about it can be held against what was planted, so that the way from the
file to the verdict is tested as a whole. `plant` does all of it: serve, sweep, give the folder.
It scores continuations by echo, as vLLM does. In chat it only says of what kind it is.
"""

import asyncio
import json
import re
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from aiohttp import web
from planted_prompts import Prompts, Put, Rated, Told, UnknownPromptError
from planted_truth import (
    Truth,
    item_log_probabilities,
    log_probabilities,
    token_log_probability,
)

from analysis.metrics import score
from sim import experiment as experiments
from sim.opening import ModelChoice
from sim.schema import Experiment
from sim.sweep import Sweep, carry_out

NAME = "planted"
ENDS = -0.01
"""Nats that a clause ends after an option; the same after each."""
_OFF = -0.5
"""Nats that the model puts on the options of a menu together."""
_TOKEN = re.compile(r"\s*\"|\s*[^\s\"]+|\s+$")


class Planted:
    """The server's answers."""

    def __init__(self, truth: Truth, prompts: Prompts) -> None:
        """Bind a truth to what may be asked."""
        self._truth = truth
        self._prompts = prompts

    async def complete(self, request: web.Request) -> web.Response:
        """The prompt's own log-probabilities, and those of the next token."""
        prompt = (await request.json())["prompt"]
        try:
            pieces = self.pieces(prompt)
        except UnknownPromptError as error:
            return web.json_response({"error": {"message": str(error)}}, status=400)
        starts = [sum(len(piece) for piece, _ in pieces[:at]) for at in range(len(pieces))]
        listed = {
            "tokens": [*(piece for piece, _ in pieces), "."],
            "token_logprobs": [None, *(value for _, value in pieces[1:]), ENDS],
            "top_logprobs": [None, *({piece: value} for piece, value in pieces[1:]), {".": ENDS}],
            "text_offset": [*starts, len(prompt)],
        }
        choice = {"index": 0, "text": f"{prompt}.", "logprobs": listed, "finish_reason": "length"}
        size = len(prompt) // 4
        usage = {"prompt_tokens": size, "completion_tokens": 1, "total_tokens": size + 1}
        reply = {"id": NAME, "object": "text_completion", "model": NAME, "choices": [choice]}
        return web.json_response({**reply, "usage": usage})

    def pieces(self, prompt: str) -> list[tuple[str, float]]:
        """The prompt as tokens with their log-probabilities in nats; the first one's is not told.

        Raises:
            UnknownPromptError: nothing of the experiment could have asked this.
        """
        match self._prompts.read(prompt):
            case Put(act, place):
                value = log_probabilities(self._truth, act)[place]
                shown = _last(prompt)
            case Rated(who, item, scores, place):
                value = item_log_probabilities(self._truth, who, item, scores)[place]
                shown = _last(prompt, " is ")
            case Told(who, start, said):
                return [
                    (prompt[:start], 0.0),
                    *(
                        (piece, token_log_probability(self._truth, who, at, said=said))
                        for at, piece in enumerate(_TOKEN.findall(prompt[start:]))
                    ),
                ]
            case None:
                return [(piece, -1.0) for piece in _cut(prompt)]
        return [(prompt[:shown], 0.0), (prompt[shown:], value + _OFF)]

    async def chat(self, request: web.Request) -> web.Response:
        """What a character says in its own words; a probe gets no answer to its question."""
        asked = (await request.json())["messages"][-1]["content"]
        try:
            said = self._prompts.says(asked)
        except UnknownPromptError as error:
            return web.json_response({"error": {"message": str(error)}}, status=400)
        message = {"role": "assistant", "content": said}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
        reply = {"id": NAME, "object": "chat.completion", "model": NAME, "choices": [choice]}
        return web.json_response({**reply, "usage": usage})

    async def models(self, _: web.Request) -> web.Response:
        """The one model."""
        return web.json_response({"object": "list", "data": [{"id": NAME, "object": "model"}]})


def _last(prompt: str, words: str = "I will ") -> int:
    """Where the blank before the last option stands."""
    return prompt.rfind(words) + len(words) - 1


def _cut(prompt: str) -> list[str]:
    """Tokens of a text of which nothing is known; a quiz is cut before its answer."""
    at = prompt.rfind("\nAnswer:")
    if at < 0:
        return _TOKEN.findall(prompt)
    answer = at + len("\nAnswer:")
    return [prompt[:answer], prompt[answer:]]


@asynccontextmanager
async def serving(truth: Truth, prompts: Prompts, port: int = 0) -> AsyncIterator[str]:
    """The server's address on the loopback, for as long as the block lasts."""
    planted = Planted(truth, prompts)
    app = web.Application(client_max_size=2**24)
    app.router.add_post("/v1/completions", planted.complete)
    app.router.add_post("/v1/chat/completions", planted.chat)
    app.router.add_get("/v1/models", planted.models)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield "http://{}:{}/v1".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


@contextmanager
def in_background(truth: Truth, file: Path) -> Iterator[str]:
    """The model's name in experiment files, `http://...#planted`, while a thread serves it.

    Args:
        truth: what the model does.
        file: the experiment whose texts it knows.
    """
    started: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        specs = experiments.resolve(experiments.read(file), str(file))
        stop = asyncio.Event()
        async with serving(truth, Prompts(specs)) as address:
            started.set_result((address, asyncio.get_running_loop(), stop))
            await stop.wait()

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    address, loop, stop = started.result(60)
    try:
        yield f"{address}#{NAME}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def plant(truth: Truth, file: Path, folder: Path, **design: Any) -> Path:  # noqa: ANN401 - keys
    """Play an experiment with the planted model.

    Args:
        truth: what the model does.
        file: the experiment; its model is replaced.
        folder: where it is written.
        design: instead of what the file says under `design`, for example `seeds = 1`.

    Returns:
        The folder.

    Raises:
        RuntimeError: a run failed.
    """
    given = experiments.read(file).model_dump(mode="json", exclude_none=True)
    given["design"] |= design
    asyncio.run(_play(truth, given, str(file), folder))
    return folder


async def _play(truth: Truth, given: Mapping[str, Any], source: str, folder: Path) -> None:
    specs = experiments.resolve(experiments.check(given, source), source)
    async with serving(truth, Prompts(specs)) as address:
        model = f"{address}#{NAME}"
        made: Experiment = experiments.check(
            {**given, "mind": {**given["mind"], "model": model}}, source
        )
        specs = experiments.resolve(made, source)
        sweep = Sweep(made, specs, folder, ModelChoice(model, concurrency=16), score)
        outcome = await carry_out(sweep, _Nobody())
    if outcome.failures:
        raise RuntimeError(f"{len(outcome.failures)} runs failed: {outcome.failures}")


class _Nobody:
    """Watches nothing."""

    def prompt_scored(self) -> None:
        pass

    def round_played(self, run_id: str) -> None:
        pass

    def run_ended(self, run_id: str, error: str | None) -> None:
        pass


async def _serve(truth: Truth, file: Path, port: int) -> None:
    specs = experiments.resolve(experiments.read(file), str(file))
    async with serving(truth, Prompts(specs), port) as address:
        print(json.dumps({"model": f"{address}#{NAME}"}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    wanted = Truth.model_validate(tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    asyncio.run(_serve(wanted, Path(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else 0))
