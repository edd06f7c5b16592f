"""Claims about who may use the app."""

import asyncio
from collections.abc import Mapping

import pytest

pytest.importorskip("starlette")

from starlette.responses import PlainTextResponse

from view.guard import Guard, is_loopback


def _answer(
    token: str | None,
    headers: Mapping[str, str],
    method: str = "GET",
    query: str = "",
) -> tuple[int, dict[str, str]]:
    """Status and headers of the answer to one request of `/`."""
    sent: list[Mapping[str, object]] = []

    async def receive() -> Mapping[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, object]) -> None:
        sent.append(message)

    raw = [(key.lower().encode(), value.encode()) for key, value in headers.items()]
    scope = {"type": "http", "method": method, "path": "/", "query_string": query.encode()}
    app = Guard(PlainTextResponse("the app"), token)
    asyncio.run(app({**scope, "headers": raw}, receive, send))
    start = sent[0]
    return start["status"], {key.decode(): value.decode() for key, value in start["headers"]}


@pytest.mark.parametrize("host", ["127.0.0.1:8321", "localhost:8321", "[::1]:8321"])
def test_this_machines_own_names_need_no_token(host: str) -> None:
    assert _answer(None, {"Host": host})[0] == 200


@pytest.mark.parametrize("host", ["evil.example:8321", "127.0.0.1.evil.example", "", "10.0.0.7"])
def test_a_foreign_name_that_leads_here_is_refused(host: str) -> None:
    assert _answer(None, {"Host": host})[0] == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json"}, 200),
        ({"Content-Type": "application/json", "Origin": "http://127.0.0.1:8321"}, 200),
        ({"Content-Type": "application/json", "Origin": "https://evil.example"}, 403),
        ({"Content-Type": "application/json", "Origin": "null"}, 403),
        ({"Content-Type": "text/plain"}, 403),
        ({}, 403),
    ],
)
def test_only_own_pages_may_change_anything(headers: Mapping[str, str], status: int) -> None:
    assert _answer(None, {"Host": "127.0.0.1:8321", **headers}, "POST")[0] == status


def test_elsewhere_the_token_opens_once_and_a_cookie_keeps_it() -> None:
    here = {"Host": "lab.example:8321"}
    assert _answer("secret", here)[0] == 403
    assert _answer("secret", here, query="token=secreT")[0] == 403
    assert _answer("secret", here, query="token=")[0] == 403
    status, headers = _answer("secret", here, query="token=secret")
    assert (status, headers["location"]) == (303, "/")
    assert "httponly" in headers["set-cookie"].lower()
    kept = headers["set-cookie"].split(";")[0]
    assert _answer("secret", {**here, "Cookie": kept})[0] == 200
    assert _answer("secret", {**here, "Cookie": kept + "x"})[0] == 403


def test_every_answer_forbids_foreign_scripts() -> None:
    policy = _answer(None, {"Host": "localhost"})[1]["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("lab", False)],
)
def test_what_needs_a_token(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone
