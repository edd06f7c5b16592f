"""A server of a model file on this machine's loopback, as a child process that ends with us."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from sim.errors import EmbeddedServerError

SLOT_TOKENS = 1024
"""Longest prompt and reply together, in tokens, that one slot can hold."""

_ENGINE = Path(__file__).with_name("engine.py")
_START_SECONDS = 180.0
_CLOSE_SECONDS = 5.0
_LOG_BYTES = 4096
_MOST_THREADS = 8
_MAGIC = b"GGUF"
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


class EmbeddedServer:
    """A running server; OpenAI-compatible, bound to 127.0.0.1. Close it, or use it in a `with`.

    Bitwise equal numbers need requests sent one after another, and the steps of one reading kept
    on one slot (`id_slot`): that is the caller's part.

    Attributes:
        base_url: for example "http://127.0.0.1:40693/v1".
        model: what the server calls the model.
        engine: name and version, for example "xllamacpp 2026.10.11549".
        system: processor features that the engine uses; other features round differently.
        slots: how many prompts it can hold at once.
        slot_tokens: tokens that one slot can hold.
        threads: how many compute.
        pid: process id.
    """

    def __init__(
        self, process: "subprocess.Popen[bytes]", log: IO[bytes], order: dict[str, Any]
    ) -> None:
        """Wrap a child just started; `start` is the way in."""
        self._process, self._log = process, log
        self.pid = process.pid
        self.path = Path(order["path"])
        self.model: str = order["name"]
        self.slots: int = order["slots"]
        self.slot_tokens: int = order["slot_tokens"]
        self.threads: int = order["threads"]
        try:
            ready = self._wait_until_ready()
        except BaseException:
            process.kill()
            self.close()
            raise
        self.base_url = f"{ready['address']}/v1"
        self.engine = ready["engine"]
        self.system = ready["system"]

    @classmethod
    def start(
        cls, path: Path, *, slots: int = 8, threads: int | None = None, port: int = 0
    ) -> Self:
        """Start a server and wait until it answers: 0.6 s with 135M parameters.

        Args:
            path: a GGUF file, already verified.
            slots: how many prompts it can hold at once.
            threads: how many compute; None for `default_threads()`.
            port: 0 for a free one.

        Raises:
            EmbeddedServerError: no model file, or the engine ended or did not answer in time.
        """
        _require_model_file(path)
        order = {
            "path": str(path),
            "name": path.stem,
            "slots": slots,
            "slot_tokens": SLOT_TOKENS,
            "threads": threads or default_threads(),
            "port": port,
            "parent": os.getpid(),
        }
        # A file, not a pipe: nobody has to read it for the child to go on.
        log = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`)
        process = subprocess.Popen(
            [sys.executable, "-P", str(_ENGINE), json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            # Its own session: an interrupt at the terminal is the parent's to handle.
            start_new_session=True,
        )
        return cls(process, log, order)

    @property
    def running(self) -> bool:
        """False when the process ended, by `close` or by itself."""
        return self._process.poll() is None

    def wait(self) -> None:
        """Block until the process ends by itself.

        Raises:
            EmbeddedServerError: it ended, and why.
        """
        code = self._process.wait()
        raise EmbeddedServerError(
            f"the embedded server of {self.path} ended ({_said(code)}): {self._cause()}"
        )

    def close(self) -> None:
        """End the process; harmless when called again."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()  # The end of its input tells the child to end.
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _wait_until_ready(self) -> dict[str, str]:
        lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._read_line_into, args=(lines,), daemon=True).start()
        try:
            line = lines.get(timeout=_START_SECONDS)
        except queue.Empty:
            raise EmbeddedServerError(
                f"the embedded server of {self.path} gave no sign of life within"
                f" {_START_SECONDS:.0f} s: use a smaller model or a less busy machine"
            ) from None
        if not line:
            code = self._process.wait()
            raise EmbeddedServerError(
                f"the embedded server did not start with {self.path} ({_said(code)}):"
                f" {self._cause()}"
            )
        ready: dict[str, str] = json.loads(line)
        return ready

    def _read_line_into(self, lines: "queue.Queue[bytes]") -> None:
        output = self._process.stdout
        lines.put(output.readline() if output is not None else b"")

    def _cause(self) -> str:
        """What the engine said first of what went wrong, else what it said last."""
        self._log.seek(max(0, self._log.seek(0, os.SEEK_END) - _LOG_BYTES))
        lines = self._log.read().decode("utf-8", "replace").split("\n")
        errors = [line.partition(" E ")[2] for line in lines if " E " in line]
        spoken = [" ".join(line.split()) for line in errors[:1] or lines if line.strip()]
        return spoken[-1] if spoken else "it said nothing"


def default_threads() -> int:
    """Threads to compute with: every processor we may use up to 2, half of them above, at most 8.

    Half, because a machine with many usually counts each core twice, and two threads on one core
    wait for each other; at most 8, because a small model is bound by memory beyond.
    """
    if hasattr(os, "sched_getaffinity"):
        usable = len(os.sched_getaffinity(0))
    else:
        usable = os.cpu_count() or 1
    usable = min(usable, _quota(usable))
    return usable if usable <= 2 else max(2, min(_MOST_THREADS, usable // 2))


def _quota(default: int) -> int:
    """Processors that a container's time quota amounts to (cgroup v2: "QUOTA PERIOD")."""
    try:
        quota, period = _QUOTA.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return default
    return default if quota == "max" else max(1, int(quota) // int(period))


def _require_model_file(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise EmbeddedServerError(
            f"cannot read the model file {path}: {error.strerror}: run `society models pull NAME`"
        ) from None
    if magic != _MAGIC:
        raise EmbeddedServerError(f"{path} is no GGUF model file: it begins with {magic!r}")


def _said(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
