"""Claims about what is told of somebody else's words: one printable line, never the key."""

import time
import traceback
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.errors import CompleterError
from sim.endpoint import Endpoint, Failure
from sim.faults import EndpointError, Fault, OutageError, RejectedError, UnlistedError, tidy
from sim.gateway import Address, Gateway, Terms

KEY = "sk-canary+51/c2="


@pytest.mark.parametrize(
    "written",
    [
        KEY,
        quote(KEY, safe=""),
        quote(KEY, safe="").lower().replace("%2b", "%2B"),
        "".join(f"%{ord(character):02X}" for character in KEY),
        "".join(f"\\u{ord(character):04x}" for character in KEY),
        "".join(f"\\x{ord(character):02x}" for character in KEY),
        "".join(f"&#{ord(character)};" for character in KEY),
        "\x1b[31m".join(KEY),
        "\x1b".join(KEY),
        "\\x1b[0m".join(KEY),
        "\\u001b[1;31m".join(KEY),
        "%1B%5B".replace("%5B", "[0m").join(KEY),
        "\x1b]0;title\x07".join(KEY),
        "\u200b".join(KEY),
        "\n".join(KEY),
        " ".join(KEY),
    ],
)
def test_a_key_is_found_however_it_is_written(written: str) -> None:
    assert tidy(f"Bad key {written}, really.", KEY) == "Bad key [key], really."


def test_a_line_is_short_printable_and_free_of_what_steers_a_terminal() -> None:
    assert tidy("\x1b[2J\x1b[31mred\x1b[0m\r\n\x07 and\u202e done", "") == "red and done"
    assert len(tidy("x" * 1000, KEY)) == 200
    assert tidy("y" * 195 + KEY, KEY) == "y" * 195 + "[key]"
    assert tidy("sk-another key", KEY) == "sk-another key"


@pytest.mark.parametrize(
    "part", ["\\x1b", "%1b", "\x1b", "\\", "s\\e]", "s\x1b]", "\\u001b[", "\\n", " ", "%1b%1B]"]
)
def test_no_text_takes_long_to_be_searched_for_the_key(part: str) -> None:
    began = time.perf_counter()
    assert KEY not in tidy("s" + part * 5_000 + KEY, KEY)
    assert time.perf_counter() - began < 2


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_stands_around_it_the_key_is_gone(before: str, after: str) -> None:
    line = tidy(before + KEY + after, KEY)
    assert KEY not in line and line.isprintable()


def test_errors_carry_the_attempts_that_failed() -> None:
    faults = (Fault("429", 1.0, 0.1, "slow down"), Fault("400", 2.0, 0.1, "no"))
    error: EndpointError = RejectedError("no", faults, 400, "content_filter")
    assert (error.attempts, error.faults) == (2, faults)
    assert isinstance(error, CompleterError)
    assert isinstance(UnlistedError("no"), RejectedError)
    assert not isinstance(OutageError("no"), RejectedError)
    assert OutageError("no").attempts == 0


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return KEY


async def test_a_server_that_repeats_the_key_does_not_get_it_told(
    endpoint: Any, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    # Its messages repeat the model's name, and so what is put there.
    endpoint.configure(model="another")
    for model in (key, quote(key, safe=""), "\x1b".join(key)):
        async with Gateway(Address(f"{endpoint.root}/v1", model)) as gateway:
            with pytest.raises(EndpointError) as caught:
                await gateway.chat({"messages": [{"role": "user", "content": "x"}]})
        told = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
        assert "The model `[key]` does not exist" in told
        assert key not in told and quote(key, safe="") not in told
    assert f"Bearer {key}" not in caplog.text


async def test_a_connection_that_fails_does_not_tell_the_key(key: str) -> None:
    at = Endpoint(Address("http://127.0.0.1:9/v1", "mock"), Terms())
    failure = await at.attempt("models")
    await at.close()
    assert isinstance(failure, Failure)
    assert key not in repr(failure)
    assert "127.0.0.1" in failure.fault.said
