"""Claims about several addresses as one pool: who is asked, and what happens when one is gone."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.endpoint import Address, Endpoint
from sim.gateway import Gateway, Terms, UnreachableError
from sim.pool import Pool

MOCK = Path(__file__).parent.parent / "mock_openai.py"
QUICK = Terms(timeout_seconds=5, first_pause_seconds=0.02, longest_pause_seconds=0.05)


class Server:
    """A mock endpoint that can be killed and started again at the same address."""

    def __init__(self) -> None:
        self.port = 0
        self.start()

    def start(self, **settings: object) -> None:
        command = [sys.executable, str(MOCK), json.dumps(settings), str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.root = self.process.stdout.readline().strip()
        self.port = int(self.root.rpartition(":")[2])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def asked(self) -> list[str]:
        with urllib.request.urlopen(f"{self.root}/log") as reply:
            found: list[str] = json.load(reply)["asked"]
            return found

    @property
    def address(self) -> Address:
        return Address(f"{self.root}/v1", "mock")


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    started = [Server(), Server()]
    yield started
    for server in started:
        server.kill()


def body(number: int) -> dict[str, Any]:
    text = f"{number}\nA) one\nB) two"
    return {
        "messages": [{"role": "user", "content": text}],
        "max_tokens": 1,
        "logprobs": True,
        "top_logprobs": 5,
    }


async def ask(gateway: Gateway, number: int, affinity: str = "") -> str:
    return (await gateway.send("chat/completions", body(number), affinity)).base_url


async def test_work_is_spread_over_all_addresses(servers: list[Server]) -> None:
    async with Gateway([server.address for server in servers], terms=QUICK) as gateway:
        answered = Counter([await ask(gateway, number) for number in range(20)])
        assert sorted(answered.values()) == [10, 10]
        answered = Counter(await asyncio.gather(*(ask(gateway, n) for n in range(20, 60))))
        assert min(answered.values()) >= 15


async def test_a_beginning_goes_where_it_was_read_before(servers: list[Server]) -> None:
    async with Gateway([server.address for server in servers], terms=QUICK) as gateway:
        homes = {
            prefix: {await ask(gateway, 10 * place + n, prefix) for n in range(5)}
            for place, prefix in enumerate("abcdefgh")
        }
    assert all(len(home) == 1 for home in homes.values())
    assert len(set.union(*homes.values())) == 2  # and beginnings are spread


async def test_a_killed_endpoint_loses_nothing_and_is_used_again_when_it_is_back(
    servers: list[Server],
) -> None:
    gone, stays = servers
    async with Gateway([gone.address, stays.address], terms=QUICK) as gateway:
        assert {await ask(gateway, number) for number in range(4)} == {
            gone.address.base_url,
            stays.address.base_url,
        }
        gone.kill()
        replies = await asyncio.gather(
            *(gateway.send("chat/completions", body(number)) for number in range(10, 50))
        )
        assert {reply.base_url for reply in replies} == {stays.address.base_url}
        faults = [fault for reply in replies for fault in reply.faults]
        assert {fault.kind for fault in faults} == {"connection"}
        # Set aside at once: afterwards nobody runs into it.
        assert (await gateway.send("chat/completions", body(50))).faults == ()
        gone.start()
        answered: list[str] = []
        async with asyncio.timeout(10):
            while gone.address.base_url not in answered:
                answered.append(await ask(gateway, 100 + len(answered)))
                await asyncio.sleep(0.01)


async def test_moving_on_uses_up_no_attempt(servers: list[Server]) -> None:
    gone, stays = servers
    gone.kill()
    once = Terms(attempts=1, first_pause_seconds=5)
    async with Gateway([gone.address, stays.address], terms=once) as gateway:
        clock = time.monotonic()
        for number in range(4):
            assert await ask(gateway, number) == stays.address.base_url
        assert time.monotonic() - clock < 2.5  # without a pause


async def test_when_all_are_gone_they_are_named_after_bounded_attempts(
    servers: list[Server],
) -> None:
    for server in servers:
        server.kill()
    async with Gateway([server.address for server in servers], terms=QUICK) as gateway:
        with pytest.raises(UnreachableError) as caught:
            await ask(gateway, 1)
        with pytest.raises(UnreachableError, match="cannot be reached"):
            await gateway.models()
    assert all(server.address.base_url in str(caught.value) for server in servers)
    assert caught.value.attempts == len(caught.value.faults) == 6  # five, and one move


async def test_what_fails_again_and_again_is_asked_elsewhere(servers: list[Server]) -> None:
    bad, good = servers
    bad.kill()
    bad.start(fault_rate=1, fault_kinds=["500"])
    patient = Terms(first_pause_seconds=0.1)
    async with Gateway([bad.address, good.address], terms=patient) as gateway:
        answered = await asyncio.gather(*(ask(gateway, number) for number in range(60)))
        assert set(answered) == {good.address.base_url}
        before = len(bad.asked())
        for number in range(60, 80):
            await ask(gateway, number)
        # An endpoint that fails fast has little to do, and would draw in everything.
        assert len(bad.asked()) - before <= 6


async def test_a_key_that_one_refuses_is_an_error_at_once(servers: list[Server]) -> None:
    one, other = servers
    one.kill()
    one.start(key="another")
    async with Gateway([one.address, other.address], terms=QUICK) as gateway:
        with pytest.raises(UnreachableError, match="refuses the key"):
            for number in range(3):
                await ask(gateway, number)
        with pytest.raises(UnreachableError, match="refuses the key"):
            await gateway.models()


async def test_models_are_those_of_all_that_can_be_reached(servers: list[Server]) -> None:
    one, other = servers
    one.kill()
    async with Gateway([one.address, other.address], terms=QUICK) as gateway:
        assert await gateway.models() == ("mock",)
        assert {await ask(gateway, number) for number in range(3)} == {other.address.base_url}


async def test_looking_after_an_endpoint_ends_with_the_gateway(servers: list[Server]) -> None:
    gone, stays = servers
    gone.kill()
    before = asyncio.all_tasks()
    async with Gateway([gone.address, stays.address], terms=QUICK) as gateway:
        for number in range(3):
            await ask(gateway, number)
        assert len(asyncio.all_tasks()) == len(before) + 1
    assert asyncio.all_tasks() == before


def pooled(*loads: int) -> tuple[Pool, list[Endpoint]]:
    endpoints = [Endpoint(Address(f"http://h{n}/v1", "m"), QUICK) for n in range(len(loads))]
    for endpoint, load in zip(endpoints, loads, strict=True):
        endpoint.in_flight = load
    return Pool(endpoints, QUICK), endpoints


async def test_without_a_beginning_the_least_busy_is_chosen() -> None:
    pool, endpoints = pooled(3, 1, 2)
    assert pool.choose() is endpoints[1]
    assert pool.choose(avoid=endpoints[1]) is endpoints[2]
    await pool.close()


async def test_a_home_is_left_when_it_is_clearly_busier() -> None:
    pool, endpoints = pooled(0, 0, 0)
    home = pool.choose("The rules are these.")
    others = [endpoint for endpoint in endpoints if endpoint is not home]
    home.in_flight, others[0].in_flight, others[1].in_flight = 10, 9, 8
    # At most 1.25 x (27 + 1) / 3, rounded up to 12.
    assert pool.choose("The rules are these.") is home
    home.in_flight = 20
    assert pool.choose("The rules are these.") is others[1]
    await pool.close()


async def test_a_beginning_keeps_its_home_when_another_endpoint_joins() -> None:
    few, _ = pooled(0, 0, 0)
    many, _ = pooled(0, 0, 0, 0)
    prefixes = [f"Rules, number {number}." for number in range(200)]
    homes = [(few.choose(p).address.base_url, many.choose(p).address.base_url) for p in prefixes]
    moved = [new for old, new in homes if old != new]
    assert set(moved) == {"http://h3/v1"}
    assert 20 < len(moved) < 90  # a quarter
    await few.close()
    await many.close()
