"""Claims about `society view` before there is a page."""

import socket
from collections.abc import Callable
from typing import Any

import pytest


def test_without_its_extra_it_says_what_to_install(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.view.find_spec", lambda _: None)
    done = run("view")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: society view needs a web server: pip install '.[view]'\n"


def test_a_folder_that_is_not_there_is_refused(run: Callable[..., Any]) -> None:
    done = run("view", "nowhere")
    assert done.code == 2
    assert "nowhere: no such folder" in done.err


def test_a_port_in_use_is_named_with_the_remedy(run: Callable[..., Any]) -> None:
    pytest.importorskip("uvicorn")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("view", "--port", port)
    assert done.code == 2
    assert f"port {port}" in done.err
    assert "--port" in done.err
