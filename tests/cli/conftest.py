"""The command line in this process: fast, and with the same exit codes as the real command."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from cli.app import main

Files = dict[str, bytes]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Done]]:
    """`run("sweep", file)`, in a new folder and with a key that may be written nowhere."""
    canary = "sk-canary-20c4-never-to-be-written"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", canary)
    monkeypatch.setattr("sim.terms.Terms.pause_seconds", lambda *_: 0.01)

    def go(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["society", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        said = capsys.readouterr()
        assert canary not in said.out + said.err
        return Done(code, said.out, said.err)

    yield go
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or canary.encode() not in file.read_bytes(), file


@pytest.fixture
def tables() -> Callable[[Path], Files]:
    """Every Parquet file below an experiment folder, by its name."""

    def read(folder: Path) -> Files:
        found = {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*.parquet")}
        assert found
        return found

    return read


@pytest.fixture
def decisions() -> Callable[[Path], pl.DataFrame]:
    """All decisions of an experiment folder."""
    return lambda folder: pl.read_parquet(folder / "runs" / "*" / "decisions.parquet")
