"""Claims about `society annotate`, at a real endpoint over HTTP."""

import csv
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from agents.authored import tropes
from agents.judging import Words
from agents.rubric import shown
from sim.records import ANNOTATIONS

RUBRIC = """
name = "candour"
question = "Are these words plain?"
[classes]
plain = "they say what they mean"
veiled = "they hide what they mean"
"""
TOLD = Path("played/annotations/candour.json")
TABLE = Path("played/annotations/candour.parquet")


@pytest.fixture
def model(endpoint: Any) -> str:
    return str(endpoint.model)


@pytest.fixture
def play(run: Callable[..., Any], model: str) -> Callable[..., Path]:
    """Plays the promise game with words of their own; a folder."""

    def go(
        population: str = "tin-man", out: str = "played", rounds: int = 2, **more: object
    ) -> Path:
        Path("rubric.toml").write_text(RUBRIC)
        mind = {"model": model, "readout": "label", "speech": "words", **more}
        design = {"scenarios": ["promise"], "populations": population.split("|")}
        design |= {"wordings": 1, "seeds": 2, "agents": 2, "rounds": rounds}
        lines = [f"{key} = {json.dumps(value)}" for key, value in design.items()]
        minds = [f"{key} = {json.dumps(value)}" for key, value in mind.items()]
        text = "\n".join(['name = "talk"', "[design]", *lines, "[mind]", *minds])
        Path("talk.toml").write_text(text)
        assert run("sweep", "talk.toml", "--out", out, "--quiet").code == 0
        return Path(out)

    return go


def say(folder: Path, texts: list[str]) -> None:
    """Put the same words into the mouths of whoever spoke in a folder."""
    at = 0
    for file in sorted(folder.glob("runs/*/messages.parquet")):
        table = pl.read_parquet(file)
        said = [texts[(at + n) % len(texts)] for n in range(len(table))]
        keys = [f"speech-{at + n}" for n in range(len(table))]
        at += len(table)
        named = table.with_columns(pl.Series("text", said), pl.Series("call_key", keys))
        named.write_parquet(file)


def table(file: str) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with Path(file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def requests(folder: Path) -> list[str]:
    """What the judge was sent, byte for byte, in the order in which it was sent."""
    opened = sqlite3.connect(folder / "annotations" / "calls.sqlite")
    found = [row[0] for row in opened.execute("SELECT request FROM calls ORDER BY started, key")]
    opened.close()
    return found


def labelled(label: Callable[[int], str], out: str) -> Path:
    """The sample with a label in every row."""
    rows = table("sample.csv")
    with Path(out).open("w", encoding="utf-8", newline="") as opened:
        sheet = csv.DictWriter(opened, list(rows[0]))
        sheet.writeheader()
        sheet.writerows({**row, "label": label(at)} for at, row in enumerate(rows))
    return Path(out)


def test_every_utterance_has_a_row_that_leads_back_to_it(
    run: Callable[..., Any], play: Callable[..., Path], model: str
) -> None:
    folder = play()
    done = run("annotate", folder, "--rubric", "rubric.toml", "--model", model, "--json", "-q")
    assert (done.code, done.err) == (0, "")
    told, rows = json.loads(done.out), pl.read_parquet(TABLE)
    assert dict(rows.schema) == dict(ANNOTATIONS)
    messages = pl.read_parquet("played/runs/*/messages.parquet").filter(pl.col("text") != "")
    back = rows.join(
        messages,
        left_on=["run_id", "round", "agent", "said_key"],
        right_on=["run_id", "round", "source", "call_key"],
    )
    assert len(back) == len(rows) == told["judged"] == told["said"] > 0
    for item, text in back.select("item", "text").iter_rows():
        assert item == Words(shown(text)).item
    assert set(rows["outcome"]) == {"class"}
    # The likelier one, and the same for equal words.
    for found, likely in rows.select("class", "probabilities").iter_rows():
        assert found == ("plain" if likely[0] > likely[1] else "veiled")
    assert rows.select("item", "class").n_unique() == rows["item"].n_unique()
    assert told["found"] == {name: rows["class"].to_list().count(name) for name in told["classes"]}
    # The endpoint puts .9 on the letters, whatever it is asked.
    assert told["mass"] == pytest.approx(0.9)
    # Two orders of two classes, once for equal words.
    assert len(requests(folder)) == 2 * rows["item"].n_unique()
    # What the play took stays what it was.
    assert "candour" not in Path("played/manifest.json").read_text()


def test_two_arms_that_say_the_same_are_judged_by_the_same_bytes(
    run: Callable[..., Any], play: Callable[..., Path], model: str
) -> None:
    sent = {}
    for name in ("tin-man", "guardian"):
        say(folder := play(name, name), ["I will water it.", "Who knows?", "Trust me."])
        asked = ("annotate", folder, "--rubric", "rubric.toml", "--model", model, "--quiet")
        assert run(*asked).code == 0
        sent[name] = sorted(requests(folder))
        text = "\n".join(sent[name])
        for told in (name, "agent", "persona", *(tropes()[name].texts)):
            assert told not in text
    assert sent["tin-man"] == sent["guardian"]
    # A sample for people is as blind, and the same for both.
    files = []
    for name in sent:
        out = f"{name}.csv"
        drawn = ("annotate", name, "--rubric", "rubric.toml", "--sample", 2, "--out", out)
        assert run(*drawn).code == 0
        files.append(Path(out).read_bytes())
    assert files[0] == files[1]
    assert files[0].splitlines()[0] == b"item,text,label"


def test_the_order_of_judging_is_drawn_and_is_not_that_of_the_arms(
    run: Callable[..., Any], play: Callable[..., Path], model: str, endpoint: Any
) -> None:
    folder = play("tin-man|guardian", rounds=12)
    say(folder, [f"Word {number}." for number in range(40)])
    asked = ("annotate", folder, "--rubric", "rubric.toml", "--model", model, "--concurrency", 1)
    orders = []
    for seed in (0, 1):
        shutil.rmtree(folder / "annotations", ignore_errors=True)
        assert run(*asked, "--seed", seed, "--quiet").code == 0
        orders.append(requests(folder))
        tables = TABLE.read_bytes()
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
    assert tables == TABLE.read_bytes()
    words = [json.loads(each)["messages"][-1]["content"] for each in orders[0]]
    numbers = [int(each.partition("Word ")[2].partition(".")[0]) for each in words]
    assert numbers != sorted(numbers)


def test_the_same_command_asks_nothing_again_and_a_replay_gives_the_same_bytes(
    run: Callable[..., Any], play: Callable[..., Path], model: str, endpoint: Any
) -> None:
    folder = play()
    asked = ("annotate", folder, "--rubric", "rubric.toml", "--model", model, "--quiet")
    stopped = run(*asked, "--max-calls", 3)
    assert stopped.code == 3
    assert not TABLE.exists()
    assert run(*asked).code == 0
    first = (TABLE.read_bytes(), TOLD.read_bytes())
    endpoint.configure()
    assert run(*asked, "--replay", "--seed", 0).code == 0
    assert (TABLE.read_bytes(), TOLD.read_bytes()) == first
    assert endpoint.log()["asked"] == []
    Path("rubric.toml").write_text(RUBRIC.replace("plain?", "simple?"))
    missing = run(*asked, "--replay")
    assert missing.code == 2 and "never recorded" in missing.err
    assert (TABLE.read_bytes(), TOLD.read_bytes()) == first


def test_a_judge_that_says_one_class_of_everything_is_said_to(
    run: Callable[..., Any], play: Callable[..., Path], model: str
) -> None:
    folder = play(rounds=20)
    asked = ("annotate", folder, "--rubric", "rubric.toml", "--model", model, "--quiet")
    say(folder, [f"Word {number}." for number in range(40)])
    both = run(*asked)
    assert set(pl.read_parquet(TABLE)["class"]) == {"plain", "veiled"}
    assert "it tells nothing" not in both.out
    plain = pl.read_parquet(TABLE).filter(pl.col("class") == "plain")
    messages = pl.read_parquet("played/runs/*/messages.parquet")
    alike = messages.filter(pl.col("call_key").is_in(plain["said_key"].to_list()))["text"].unique()
    assert len(alike) > 1
    say(folder, alike.sort().to_list()[:2])
    assert "it tells nothing" in run(*asked).out
    assert json.loads(TOLD.read_text())["says_one_class"] is True


def test_refusals_are_counted_and_enter_no_share(
    run: Callable[..., Any], play: Callable[..., Path], model: str, endpoint: Any
) -> None:
    folder = play(rounds=20)
    say(folder, [f"Word {number}." for number in range(20)])
    endpoint.configure(refusal_rate=0.3)
    asked = ("annotate", folder, "--rubric", "rubric.toml", "--model", model, "--quiet")
    told = json.loads(run(*asked, "--json").out)
    rows = pl.read_parquet(TABLE)
    refused = rows.filter(pl.col("outcome") == "refusal")
    assert 0 < len(refused) < len(rows)
    assert refused["class"].null_count() == refused["probabilities"].null_count() == len(refused)
    assert told["outcomes"]["refusal"] == len(refused)
    assert sum(told["found"].values()) == len(rows) - len(refused)
    assert "excluded: refused" in run(*asked).out


def test_a_judge_that_gives_no_probabilities_is_asked_for_json(
    run: Callable[..., Any], play: Callable[..., Path], model: str, endpoint: Any
) -> None:
    folder = play()
    endpoint.configure(logprobs="refused", top=0)
    asked = ("annotate", folder, "--rubric", "rubric.toml", "--model", f"{model}-json", "--quiet")
    assert run(*asked).code == 0
    rows = pl.read_parquet(TABLE)
    assert set(rows["readout"]) == {"json"}
    # Two orders: both for one class, or one for each, which is none.
    kinds = {tuple(likely) for likely in rows["probabilities"].to_list()}
    assert kinds <= {(1.0, 0.0), (0.5, 0.5), (0.0, 1.0)}
    tied = rows.filter(pl.col("outcome") == "tied")
    assert tied["class"].null_count() == len(tied)


def test_thoughts_are_judged_where_they_are_asked_for(
    run: Callable[..., Any], play: Callable[..., Path], model: str
) -> None:
    folder = play(readout="deliberate", speech="phrases")
    asked = ("annotate", folder, "--rubric", "rubric.toml", "--model", model, "--quiet")
    none = run(*asked)
    assert none.code == 2
    assert "no messages in own words in these runs; there are thoughts" in none.err
    assert not (folder / "annotations").exists()
    assert run(*asked, "--what", "thoughts").code == 0
    assert set(pl.read_parquet(TABLE)["table"]) == {"decisions"}


def test_rules_are_told_where_the_rubric_wants_them(
    run: Callable[..., Any], play: Callable[..., Path], model: str
) -> None:
    folder = play()
    Path("rubric.toml").write_text(RUBRIC.replace("[classes]", 'situation = "rules"\n[classes]'))
    asked = ("annotate", folder, "--rubric", "rubric.toml")
    assert run(*asked, "--model", model, "--quiet").code == 0
    assert all("It was said in this situation: You and your" in each for each in requests(folder))
    assert run(*asked, "--sample", 1, "--out", "sample.csv").code == 0
    assert Path("sample.csv").read_text().startswith("item,situation,text,label\n")


def test_a_judge_is_validated_by_labels_and_said_not_to_be_until_then(
    run: Callable[..., Any], play: Callable[..., Path], model: str
) -> None:
    folder = play("tin-man|guardian", rounds=12)
    say(folder, [f"Word {number}." for number in range(40)])
    asked = ("annotate", folder, "--rubric", "rubric.toml", "--model", model, "--quiet")
    assert run(*asked[:-3], "--sample", 6, "--out", "sample.csv").code == 0
    assert "judge not validated" in run(*asked).out
    compared = ("compare", folder, "--by", "population", "--metric", "judge:candour:veiled")
    assert "judge not validated" in run(*compared).out
    assert {row["remark"] for row in json.loads(run(*compared, "--json").out)} == {
        "judge not validated"
    }
    classes = dict(pl.read_parquet(TABLE).select("item", "class").iter_rows())
    items = [row["item"] for row in table("sample.csv")]

    def anna(at: int) -> str:
        """What the judge says, but for the first."""
        found = classes[items[at]]
        return found if at else {"plain": "veiled", "veiled": "plain"}[found]

    # Ben says the same, and leaves the last one out.
    files = [labelled(anna, "anna.csv"), labelled(lambda at: anna(at) * (at < 5), "ben.csv")]
    given = [part for file in files for part in ("--labels", file)]
    done = run(*asked, *given, "--json")
    held = json.loads(done.out)["agreement"]
    assert (held["labellers"], held["items"], held["empty"]) == (["anna", "ben"], 6, 1)
    assert held["consensus"]["raw"]["value"] == pytest.approx(5 / 6)
    assert {who: each["n"] for who, each in held["by_member"].items()} == {
        "guardian": 3,
        "tin-man": 3,
    }
    assert held["between"]["anna, ben"]["raw"]["value"] == 1.0
    assert "Krippendorff's alpha: labellers 1.000" in run(*asked, *given).out
    # It stays while the judge does, and is no other judge's.
    assert "judge against 2 labellers" in run(*asked).out
    assert "judge against 2 labellers" in run(*compared).out
    assert "judge not validated" in run(*asked, "--readout", "sample").out


def test_a_limited_pass_judges_the_very_words_of_the_sample(
    run: Callable[..., Any], play: Callable[..., Path], model: str
) -> None:
    folder = play("tin-man|guardian", rounds=12)
    say(folder, [f"Word {number}." for number in range(40)])
    asked = ("annotate", folder, "--rubric", "rubric.toml")
    drawn = run(*asked, "--sample", 4, "--out", "sample.csv", "--seed", 5, "--json")
    assert json.loads(drawn.out)["items"] == 4
    assert run(*asked, "--limit", 4, "--seed", 5, "--model", model, "--quiet").code == 0
    items = {row["item"] for row in table("sample.csv")}
    rows = pl.read_parquet(TABLE)
    assert set(rows["item"]) == items
    # As many of each arm.
    populations = pl.read_parquet("played/runs/*/decisions.parquet").select("run_id", "population")
    arms = rows.join(populations.unique(), on="run_id")["population"].to_list()
    assert (arms.count("tin-man"), arms.count("guardian")) == (2, 2)
    told = json.loads(TOLD.read_text())
    assert (told["limit"], told["different"]) == (4, 4)
    assert told["judged"] < told["said"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--rubric", "none.toml"), "none.toml: cannot be read"),
        (("--rubric", "rubric.toml", "--sample", 3), "--sample N and --out FILE go together"),
        (("--rubric", "rubric.toml", "--what", "mesages"), "did you mean 'messages'?"),
        (("--rubric", "rubric.toml", "--readout", "labell"), "did you mean 'label'?"),
        (("--rubric", "rubric.toml", "--model", "scripted:grim"), "a strategy judges nothing"),
        (("--rubric", "rubric.toml", "--replay"), "nothing was recorded from the model"),
        (("--rubric", "rubric.toml", "--labels", "none.csv"), "none.csv: cannot be read as CSV"),
        (
            ("--rubric", "rubric.toml", "--sample", 3, "--out", "s.csv", "--labels", "l.csv"),
            "give --labels after",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_writes_nothing(
    run: Callable[..., Any],
    play: Callable[..., Path],
    arguments: tuple[object, ...],
    message: str,
) -> None:
    folder = play()
    done = run("annotate", folder, *arguments)
    assert done.code == 2
    assert message in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert not (folder / "annotations").exists()
    assert not Path("s.csv").exists()
