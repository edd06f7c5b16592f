"""Claims about the real command, in a process of its own: exit codes, kills, full disks, keys."""

import json
import re
import resource
import signal
import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

EXPERIMENT = """
name = "small"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["guardian", "rogue-mind"]
wordings = 2
seeds = 2
agents = 3
rounds = 3
[mind]
model = "{model}"
"""


def written(folder: Path, model: str) -> Path:
    file = folder / "small.toml"
    file.write_text(EXPERIMENT.format(model=model))
    return file


def tables(folder: Path) -> dict[str, bytes]:
    found = {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*.parquet")}
    assert found
    return found


def recorded(folder: Path, digest_of: Any) -> set[str]:
    """Digests of the messages of every recorded call, as the endpoint logs them."""
    file = folder / "calls.sqlite"
    if not file.exists():
        return set()
    # A reader of its own: what the killed process left in the log counts.
    with sqlite3.connect(file) as journal:
        try:
            rows = journal.execute("SELECT request FROM calls").fetchall()
        except sqlite3.OperationalError:  # killed before the table was there
            rows = []
    journal.close()
    return {digest_of(json.loads(request)["messages"]) for (request,) in rows}


def test_a_sweep_that_is_killed_again_and_again_ends_as_if_undisturbed(
    run: Any, society: Any, endpoint: Any, digest_of: Any
) -> None:
    written(society.folder, endpoint.model)
    assert run("sweep", "small.toml", "--out", "plain").code == 0
    plain = endpoint.log()["asked"]
    # What finds out what the endpoint can do is in no journal.
    probes = {*plain} - recorded(society.folder / "plain", digest_of)
    out = society.folder / "killed"
    endpoint.configure(latency_ms=60)
    lost: set[str] = set()
    for share in (0.05, 0.5, 0.9):
        before = recorded(out, digest_of)
        start = len(endpoint.log()["asked"])
        with society.start("sweep", "small.toml", "--out", "killed", "--concurrency", 4) as sweep:
            while len(endpoint.log()["asked"]) < share * len(plain):
                assert sweep.poll() is None, "it ended before it could be killed"
                time.sleep(0.005)
            sweep.send_signal(signal.SIGKILL)
            sweep.communicate()
        now = {*endpoint.log()["asked"][start:]} - probes
        assert not now & before, "a recorded call was sent again"
        assert recorded(out, digest_of) >= before
        in_flight = now - recorded(out, digest_of)
        # Four on the line, and as many whose replies were just being written.
        assert len(in_flight) <= 8
        lost |= in_flight
    assert run("sweep", "small.toml", "--out", "killed").code == 0
    assert tables(out) == tables(society.folder / "plain")
    twice = {each for each, times in Counter(endpoint.log()["asked"]).items() if times > 1}
    assert twice <= lost | probes
    left = [f.name for f in (*out.iterdir(), *(out / "runs").iterdir()) if f.name[0] == "."]
    assert left == [".lock"]


def test_an_interrupt_keeps_what_is_done_and_the_same_command_goes_on(
    run: Any, society: Any, endpoint: Any, digest_of: Any
) -> None:
    written(society.folder, endpoint.model)
    endpoint.configure(latency_ms=100)
    with society.start("sweep", "small.toml", "--out", "cut", "--concurrency", 2) as sweep:
        while len(endpoint.log()["asked"]) < 12 and sweep.poll() is None:
            time.sleep(0.01)
        sweep.send_signal(signal.SIGINT)
        _, err = sweep.communicate(timeout=30)
    assert sweep.returncode == 3
    assert re.fullmatch(
        r"stopped: \d of 8 runs are complete, \d are left; interrupted; run the same command again"
        r" to go on\n",
        err,
    )
    kept = recorded(society.folder / "cut", digest_of)
    assert len(kept) >= 12 - 2 - 2  # all but the probes and what was in flight
    endpoint.configure()
    assert run("sweep", "small.toml", "--out", "cut").code == 0
    assert not kept & {*endpoint.log()["asked"]}


def test_a_full_disk_is_one_line_and_the_same_command_goes_on(
    run: Any, society: Any, endpoint: Any
) -> None:
    """A limit on the size of files stands for the full disk: writes fail in the same places."""
    written(society.folder, endpoint.model)
    done = limited(society, 60, "sweep", "small.toml", "--out", "full", "--quiet")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr and done.stderr.count("\n") == 1
    whole = [run for run in (society.folder / "full" / "runs").iterdir() if run.name[0] != "."]
    assert {len(list(run.iterdir())) for run in whole} <= {7}  # six tables and run.json
    assert run("sweep", "small.toml", "--out", "full").code == 0
    assert run("sweep", "small.toml", "--out", "plain").code == 0
    assert tables(society.folder / "full") == tables(society.folder / "plain")


def limited(society: Any, kilobytes: int, *arguments: object) -> Any:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # children inherit that it is ignored
    resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, before[1]))
    try:
        return society(*arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


BAD: dict[str, tuple[tuple[object, ...], str]] = {
    "missing file": (("sweep", "nowhere.toml"), "nowhere.toml: cannot be read"),
    "unknown scenario": (
        ("run", "prisoner_dilema", "--population", "none"),
        "did you mean 'prisoners_dilemma'",
    ),
    "unknown option": (("sweep", "small.toml", "--concurency", "4"), "--concurency"),
    "unknown model": (
        ("run", "prisoners_dilemma", "--population", "none", "--model", "embeded"),
        "did you mean 'embedded'",
    ),
    "model without a name": (
        ("run", "prisoners_dilemma", "--population", "none", "--model", "http://127.0.0.1:9/v1"),
        "say which model of that server",
    ),
    "an OpenAI model without a name": (
        ("run", "prisoners_dilemma", "--population", "none", "--model", "openai:"),
        "say which model: openai:NAME",
    ),
    "an address with an empty name": (
        ("run", "prisoners_dilemma", "--population", "none", "--model", "http://127.0.0.1:9/v1#"),
        "say which model of that server: http://127.0.0.1:9/v1#NAME",
    ),
    "an address that is none": (
        ("run", "prisoners_dilemma", "--population", "none", "--model", "http://host:port/v1#m"),
        "address is http://HOST:PORT/v1#NAME",
    ),
    "a seed that no table holds": (
        ("run", "prisoners_dilemma", "--population", "none", "--seed", 2**63),
        "2**63 - 1",
    ),
    "unknown memory": (
        ("run", "prisoners_dilemma", "--population", "none", "--memory", "lst-3"),
        "'lst'",
    ),
    "unknown network": (
        ("run", "prisoners_dilemma", "--population", "none", "--network", "rings"),
        "'rings'",
    ),
    "no agents": (
        ("run", "prisoners_dilemma", "--population", "none", "--agents", "0"),
        "agents = 0",
    ),
    "unknown wording": (
        ("run", "prisoners_dilemma", "--population", "none", "--wording", "steam"),
        "did you mean 'stream'",
    ),
    "unknown executor": (("sweep", "small.toml", "--executor", "cloud"), "--executor 'cloud'"),
    "a file for a folder": (("sweep", "small.toml", "--out", "small.toml"), "small.toml"),
    "a folder that cannot be": (("sweep", "small.toml", "--out", "/proc/no/such"), "/proc/no"),
    "a folder of other things": (("sweep", "small.toml", "--out", "."), "not an experiment folder"),
    "unknown kind": (("list", "scenario"), "did you mean 'scenarios'"),
    "unknown name": (("show", "scenario", "chiken"), "did you mean 'chicken'"),
}


def test_the_real_command_ends_with_two_and_one_line_and_creates_nothing(society: Any) -> None:
    arguments, words = BAD["unknown scenario"]
    done = society(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr and done.stderr.count("\n") == 1
    assert list(society.folder.iterdir()) == []


@pytest.mark.parametrize(("arguments", "words"), BAD.values(), ids=BAD.keys())
def test_bad_input_ends_with_two_and_creates_nothing(
    run: Any, endpoint: Any, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    file = written(tmp_path, endpoint.model)
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("primary = 'cooperation_rat'", "did you mean 'cooperation_rate'"),
        ("primray = 'cooperation_rate'", "did you mean 'primary'"),
    ],
)
def test_a_bad_analysis_is_refused_before_anything_runs(
    run: Any, endpoint: Any, tmp_path: Path, line: str, words: str
) -> None:
    file = written(tmp_path, endpoint.model)
    file.write_text(file.read_text() + f"[analysis]\n{line}\n")
    done = run("sweep", "small.toml")
    assert done.code == 2
    assert words in done.err and done.err.startswith("error: small.toml: ")
    assert endpoint.log()["asked"] == []
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("address", ["u:pa55@127.0.0.1:9/v1", "u:pa55@h/v1", "u:pa55#@h/v1"])
def test_a_password_in_an_address_is_refused_and_written_nowhere(
    run: Any, tmp_path: Path, address: str
) -> None:
    file = written(tmp_path, f"http://{address}#m")
    done = run("sweep", "small.toml")
    assert done.code == 2 and done.err.startswith("error: small.toml: mind.model: ")
    assert "pa55" not in done.out + done.err
    assert list(tmp_path.iterdir()) == [file]


def test_an_unknown_model_is_told_with_its_file_and_key(run: Any, tmp_path: Path) -> None:
    written(tmp_path, "embeded")
    done = run("sweep", "small.toml")
    assert done.code == 2
    assert done.err.startswith("error: small.toml: mind.model: unknown model 'embeded'")
    assert "did you mean 'embedded'" in done.err


def test_names_with_brackets_are_names_and_no_markup(run: Any, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(
        """name = "x"
        [design]
        scenarios = ["prisoners_dilemma"]
        populations = [
          {name = "[/red]", mix = {"scripted:grim" = 1}},
          {name = "[b]", mix = {"scripted:random" = 1}},
        ]
        wordings = 1
        seeds = 2
        agents = 2
        rounds = 2
        """
    )
    swept = run("sweep", "x.toml", "--quiet")
    assert swept.code == 0 and "[/red]" in swept.out and "[b]" in swept.out
    compared = run("compare", "x", "--by", "population", "--quiet")
    assert compared.code == 0 and "minus [b]" in compared.out and "[/red]" in compared.out
    written_to = run("report", "x", "--json", "--quiet")
    assert json.loads(written_to.out) == {"report": str(Path("x/report.html"))}
    assert (tmp_path / "x" / "report.html").is_file()
