"""Claims about what goes over the wire: the client's own requests, and the key to nobody else."""

from collections.abc import AsyncIterator, Sequence

import pytest
from aiohttp import web

from sim.endpoint import Address, Answer, Endpoint
from sim.terms import Terms

KEY = "sk-canary-5e1f-never-to-be-told"
Request = tuple[str, str, tuple[tuple[bytes, bytes], ...], bytes]


class Wire:
    """A server that keeps every request as it came, and may send it elsewhere."""

    def __init__(self) -> None:
        self.came: list[Request] = []
        self.root = self.elsewhere = ""

    async def handle(self, request: web.Request) -> web.Response:
        """Keep it."""
        raw = tuple((name, value) for name, value in request.raw_headers)
        self.came.append((request.method, str(request.rel_url), raw, await request.read()))
        if self.elsewhere:
            where = f"{self.elsewhere}{request.rel_url}"
            return web.Response(status=307, headers={"location": where})
        told = request.headers.get("authorization")
        return web.json_response({"choices": [], "told": told}, headers={"set-cookie": "session=1"})


@pytest.fixture
async def wires(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sequence[Wire]]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    made, runners = (Wire(), Wire()), []
    for wire in made:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", wire.handle)
        runners.append(web.AppRunner(app))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
        host, port = runners[-1].addresses[0]
        wire.root = f"http://{host}:{port}"
    yield made
    for runner in runners:
        await runner.cleanup()


async def asked(wire: Wire, times: int) -> Endpoint:
    opened = Endpoint(Address(f"{wire.root}/v1", "mock"), Terms())
    for _ in range(times):
        outcome = await opened.attempt("chat/completions", {"max_tokens": 1, "text": "für \u2019"})
        assert isinstance(outcome, Answer)
    await opened.close()
    return opened


async def test_a_repeated_envelope_is_on_the_wire_what_the_client_would_send(
    wires: Sequence[Wire],
) -> None:
    await asked(wires[0], 3)
    by_the_client, *repeated = wires[0].came
    assert repeated == [by_the_client] * 2
    assert b"Bearer " + KEY.encode() in dict(by_the_client[2]).values()


async def test_a_reply_that_repeats_the_key_is_read_without_it(
    wires: Sequence[Wire], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, read in ((KEY, "Bearer [key]"), ("ollama", "Bearer ollama")):
        monkeypatch.setenv("OPENAI_API_KEY", key)
        opened = Endpoint(Address(f"{wires[0].root}/v1", "mock"), Terms())
        outcome = await opened.attempt("chat/completions", {})
        await opened.close()
        assert isinstance(outcome, Answer) and outcome.body["told"] == read


async def test_who_prints_an_endpoint_does_not_see_its_key(wires: Sequence[Wire]) -> None:
    opened = await asked(wires[0], 1)
    assert opened._envelopes and KEY not in repr(opened._envelopes) + repr(opened)


async def test_a_server_that_sends_us_elsewhere_does_not_send_the_key_there(
    wires: Sequence[Wire],
) -> None:
    first, other = wires
    first.elsewhere = other.root
    await asked(first, 3)
    assert len(other.came) == 3
    assert KEY.encode() not in b"".join(value for came in other.came for _, value in came[2])


async def test_a_server_on_this_machine_is_not_asked_for_through_a_proxy(
    wires: Sequence[Wire], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, proxy = wires
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.root)
    await asked(here, 2)
    assert (len(here.came), len(proxy.came)) == (2, 0)
