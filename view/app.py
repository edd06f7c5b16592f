"""The app: two pages, and what they ask for as JSON. Bad input is one message each."""

import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from agents.errors import AgentError
from analysis.errors import AnalysisError
from analysis.folder import Folder
from analysis.templates import asset
from scenarios.errors import ScenarioError
from sim.errors import ExperimentError, SimError
from view import stored
from view.guard import SANDBOX, Guard
from view.live import Live
from view.offer import experiment_of, offer
from view.pace import Pace

_STATIC = Path(__file__).parent / "static"
_BAD = 400


class App:
    """What the pages ask for.

    Attributes:
        live: the run that is being played.
        shelf: the stored experiments.
    """

    def __init__(self, home: Path) -> None:
        """Show what is stored in a folder, and store live runs there.

        Args:
            home: an experiment folder or one that holds some. Live runs go into it, or where it is
                an experiment or not there, into a temporary folder.
        """
        is_experiment = (home / "experiment.toml").exists()
        keeps = home.is_dir() and not is_experiment
        place = home if keeps else Path(tempfile.mkdtemp(prefix="society-live-"))
        self.live = Live(place)
        self.shelf = stored.Shelf((home,) if keeps else (home, place))

    def asgi(self, token: str | None = None) -> Guard:
        """The app for a server.

        Args:
            token: who has it may use the app; None where only this machine can reach it.
        """
        routes = [
            Route("/", _page("live.html")),
            Route("/runs", _page("runs.html")),
            Route("/base.css", _base_style),
            Route("/api/offer", self._offer),
            Route("/api/live", self._state),
            Route("/api/live/{what}", self._change, methods=["POST"]),
            Route("/api/experiments", self._experiments),
            Route("/api/runs", self._runs),
            Route("/api/compare", self._compare),
            Route("/api/decisions", self._decisions),
            Route("/api/decision", self._decision),
            Route("/replay", self._replay),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ]
        known = (SimError, AgentError, ScenarioError, AnalysisError)
        handlers: dict[Any, Any] = {**dict.fromkeys(known, _said), Exception: _fault}
        app = Starlette(routes=routes, exception_handlers=handlers, lifespan=self._lifespan)
        return Guard(app, token)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(self.live.reset)

    def _offer(self, _: Request) -> Response:
        return JSONResponse({**offer(), "home": str(self.live.home.resolve())})

    async def _state(self, request: Request) -> Response:
        # Not in a thread: it only copies, and a busy pool must not hold it up.
        number, since = (_number(request, key, 0) or 0 for key in ("number", "since"))
        return JSONResponse(self.live.state(number, since))

    async def _change(self, request: Request) -> Response:
        try:
            given = await request.json()
        except json.JSONDecodeError:
            given = None
        if not isinstance(given, dict):
            raise ExperimentError("live run: a JSON object was expected")
        await run_in_threadpool(self._do, request.path_params["what"], given)
        return JSONResponse(self.live.state(0, 0))

    def _do(self, what: str, given: Mapping[str, Any]) -> None:
        live = self.live
        if what == "start":
            pace = Pace(_seconds(given), paused=bool(given.get("paused")))
            live.start(experiment_of(given), pace)
            if given.get("step"):
                pace.step()
        elif what == "reset":
            live.reset()
        elif what == "speed":
            live.pace.seconds = _seconds(given)
        elif what in ("go", "pause", "step"):
            getattr(live.pace, what)()
        else:
            raise ExperimentError(f"live run: nothing is called {what!r}")

    def _experiments(self, _: Request) -> Response:
        return JSONResponse({"experiments": list(self.shelf.labels().items())})

    def _runs(self, request: Request) -> Response:
        return JSONResponse(stored.overview(self._folder(request), _where(request)))

    def _compare(self, request: Request) -> Response:
        pair = (_text(request, "a"), _text(request, "b"))
        metric = _text(request, "metric")
        found = stored.side_by_side(self._folder(request), _where(request), pair, metric)
        return JSONResponse(found)

    def _decisions(self, request: Request) -> Response:
        folder, run_id = self._folder(request), _text(request, "run")
        agent, start = _number(request, "agent", None), _number(request, "start", 0)
        return JSONResponse(stored.decisions(folder, run_id, agent, start or 0))

    def _decision(self, request: Request) -> Response:
        at = _number(request, "at", -1)
        run_id = _text(request, "run")
        found = stored.decision(self._folder(request), run_id, -1 if at is None else at)
        return JSONResponse(found)

    def _replay(self, request: Request) -> Response:
        text = stored.replay(self._folder(request), _text(request, "run"))
        return HTMLResponse(text, headers={"Content-Security-Policy": SANDBOX})

    def _folder(self, request: Request) -> Folder:
        return self.shelf.folder(_text(request, "experiment"))


def _page(name: str) -> Any:  # noqa: ANN401 - an endpoint of Starlette
    def show(_: Request) -> Response:
        return HTMLResponse((_STATIC / name).read_text(encoding="utf-8"))

    return show


def _base_style(_: Request) -> Response:
    return Response(str(asset("report.css")), media_type="text/css")


def _where(request: Request) -> dict[str, str]:
    """Levels that are asked for, as `at.FACTOR=LEVEL`."""
    return {
        key.removeprefix("at."): value
        for key, value in request.query_params.items()
        if key.startswith("at.") and value
    }


def _text(request: Request, key: str) -> str:
    if not request.query_params.get(key):
        raise AnalysisError(f"{key} is missing: choose one")
    return request.query_params[key]


def _number(request: Request, key: str, default: int | None) -> int | None:
    given = request.query_params.get(key)
    if not given:
        return default
    if not given.isdecimal() or len(given) > 9:
        raise AnalysisError(f"{key} = {given[:40]!r}: give a whole number")
    return int(given)


def _seconds(given: Mapping[str, Any]) -> float:
    seconds = given.get("seconds", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 60:
        raise ExperimentError(f"live run: seconds = {seconds!r}: give 0 to 60")
    return float(seconds)


def _said(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, _BAD)


def _fault(_: Request, error: Exception) -> Response:
    told = f"a fault of the program ({type(error).__name__}); the terminal has the details"
    return JSONResponse({"error": told}, 500)
