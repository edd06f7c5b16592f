"""What a driver does in a peer's own environment: warm up, play, measure. Standard library only.

python play_PEER.py http://127.0.0.1:PORT AGENTS ROUNDS WAY      # prints one line of JSON
"""

import contextlib
import importlib.metadata
import json
import os
import platform
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

Ready = Callable[[], object]
"""Plays a society that is set up."""

_WARM_AGENTS, _WARM_ROUNDS = 5, 2
_SETTINGS = {"latency_ms": 100, "latency": "fixed"}


def drive(build: Callable[[str, str, int, int], Ready], packages: Sequence[str]) -> None:
    """Measure one peer.

    Args:
        build: sets a society up: the endpoint's address, the way to decide, agents, rounds. It is
            not measured, as the import of the package is not.
        packages: whose versions are told.
    """
    root, agents, rounds, way = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    # What a peer prints as it plays costs it less here than on a terminal.
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        build(root, way, _WARM_AGENTS, _WARM_ROUNDS)()
        play = build(root, way, agents, rounds)
        _forget(root)
        clock, cpu = time.perf_counter(), time.process_time()
        play()
        seconds, cpu_seconds = time.perf_counter() - clock, time.process_time() - cpu
    versions = {"python": platform.python_version()}
    versions |= {name: importlib.metadata.version(name) for name in packages}
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "versions": versions}))


def _forget(root: str) -> None:
    """The endpoint forgets the warming up."""
    body = json.dumps(_SETTINGS).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(f"{root}/config", body, method="POST")) as reply:
        reply.read()
