import json
import re
import sqlite3
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from analysis.errors import AnalysisError
from analysis.looks import visible
from analysis.report import write
from analysis.run_record import RunRecord
from sim.records import table

EXPERIMENT = """
[design]
scenarios = ["prisoners_dilemma", "oversight"]
populations = ["human-benevolent", "tin-man"]
seeds = 3
[analysis]
primary = "cooperation_rate"
contrasts = [["human-benevolent", "tin-man"]]
alpha = 0.05
sesoi = 0.05
"""
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>"
    "<a href='javascript:alert(3)'>--></style>{{ 7*7 }}\u202egnp.\u200b\x1b[31m"
)
LONG = f"{HOSTILE} {'x' * 100_000} the very last words"
SECTIONS = (
    "comparison",
    "rounds",
    "graph",
    "pairs",
    "coherence",
    "people",
    "texts",
    "transcripts",
    "missing",
    "variation",
    "limits",
    "cost",
    "methods",
)
RATES = {"human-benevolent": 0.8, "tin-man": 0.3}


def experiment_folder(
    synthetic, path: Path, *, size=(3, 4, 4), members=("human-benevolent", "tin-man")
) -> Path:
    """A folder of two games and some populations with readings, probes, calls and a manifest.

    `size` is seeds, agents and rounds.
    """
    seeds, agents, rounds = size
    runs = []
    for seed in range(seeds):
        for member in members:
            seats = [
                f"{member}/respondent-{seed * agents + seat}" if "human" in member else member
                for seat in range(agents)
            ]
            shared = {"population": member, "seed": seed, "rounds": rounds}
            rates = {seat: RATES.get(member, 0.5) for seat in seats}
            runs.append(with_model(*synthetic.draw(seats, rates, **shared)))
            runs.append(with_model(*one_seat(synthetic, seats, RATES.get(member, 0.5), shared)))
    synthetic.write(path, runs, EXPERIMENT)
    write_manifest(path, len(runs))
    write_calls(path, runs)
    return path


def stops(who, number, rate):
    """Whether a character complies in a round; about as often as `rate`."""
    return (who.agent * 7 + number * 3) % 10 < 10 * rate


def one_seat(synthetic, seats, rate, shared):
    """A run of the oversight game, where nobody meets anybody."""
    document = synthetic.document(
        seats,
        shared["seed"],
        scenario="oversight",
        wording="lab",
        population=shared["population"],
        rounds=2,
    )
    document["edges"], document["group_sizes"] = [], [1] * len(seats)
    run = RunRecord.parse(document)
    rows = [
        {
            "round": number,
            "phase": "pause",
            "group": str(who.agent),
            "agent": who.agent,
            "persona": who.persona,
            "paraphrase": 0,
            "identity": who.identity,
            "affect": who.affect,
            "stance": who.stance,
            "model": "embedded",
            "readout": "cloze",
            "menu": ["stop", "carry_on"],
            "answer": "decision",
            "action": "stop" if stops(who, number, rate) else "carry_on",
            "action_class": "cooperative" if stops(who, number, rate) else "uncooperative",
            "probabilities": [rate, 1 - rate],
            "mass": 0.4,
            "payoff": 1.0,
            "prompt_sha256": f"oversight-{who.persona}",
            "prompt_tokens": 90,
            "completion_tokens": 1,
        }
        for number in (1, 2)
        for who in run.characters
    ]
    return document, synthetic.tables(run, rows, [])


def with_model(document, tables):
    """The run with what a model would have left: readings, comprehension probes."""
    decisions, run_id = tables["decisions"], document["run_id"]
    readings = [
        (
            run_id,
            row["round"],
            row["agent"],
            row["partner"],
            row["phase"],
            name,
            order,
            [-1.0 + shift, -2.0],
            None,
            0.5,
            f"{row['persona']}-{name}",
            [f"{row['persona']}-{name}"],
        )
        for row in decisions.iter_rows(named=True)
        for name, order, shift in (("forward", [0, 1], 0.5), ("reversed", [1, 0], -0.5))
    ]
    probes = [
        (run_id, 0, None, None, "comprehension", item, "3", answer, share, [share, 1 - share])
        for item, answer, share in (("both", "3", 0.7), ("alone", "5", 0.4))
    ]
    return document, {
        **tables,
        "readings": table("readings", readings),
        "probes": table("probes", probes),
    }


def write_manifest(path: Path, runs: int) -> None:
    usage = {
        "decisions": 1000,
        "calls": 100,
        "prompt_tokens": 9000,
        "completion_tokens": 100,
        "seconds": 12.5,
    }
    manifest = {
        "name": "synthetic",
        "model": {"name": "SmolLM2-135M", "file_sha256": "abc", "engine": "x"},
        "versions": {"python": "3.11"},
        "personas": {"tin-man": "123"},
        "prompts": {"cloze": "456"},
        "started": "2026-01-01T00:00:00Z",
        "finished": "2026-01-01T00:05:00Z",
        "runs": {"planned": runs + 1, "complete": runs, "failed": 1},
        "failures": [{"run_id": "lost-run", "error": "the server went away"}],
        "usage": usage,
    }
    (path / "manifest.json").write_text(json.dumps(manifest))


def write_calls(path: Path, runs, told: str = "You share a stream.") -> None:
    keys = {key for _, tables in runs for row in tables["readings"]["call_keys"] for key in row}
    with sqlite3.connect(path / "calls.sqlite") as journal:
        journal.execute("CREATE TABLE calls (key TEXT PRIMARY KEY, request TEXT, reply TEXT)")
        journal.executemany(
            "INSERT INTO calls VALUES (?, ?, ?)",
            [
                (
                    key,
                    json.dumps(
                        {
                            "path": "/v1/completions",
                            "body": {"prompt": f'{told} {key}\nMe: "I will'},
                        }
                    ),
                    "{}",
                )
                for key in sorted(keys)
            ],
        )
    journal.close()


def hostile(document, tables):
    """The run with every free text replaced by markup that would like to run."""
    document["factors"]["population"] = HOSTILE
    for who in document["characters"]:
        who |= {"member": HOSTILE, "persona": HOSTILE, "text": HOSTILE, "source": HOSTILE}
    texts = [pl.lit(HOSTILE).alias(name) for name in ("population", "persona", "text", "wording")]
    said = [(document["run_id"], 1, 0, 1, text, "key") for text in (HOSTILE, LONG)]
    return document, {
        **tables,
        "decisions": tables["decisions"].with_columns(texts),
        "messages": table("messages", said),
    }


class Page(HTMLParser):
    """The elements and texts of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def made():
    """Folders written once, by name."""
    return {}


@pytest.fixture
def folder(synthetic, made, tmp_path_factory):
    if "plain" not in made:
        made["plain"] = experiment_folder(synthetic, tmp_path_factory.mktemp("report") / "plain")
        write(made["plain"])
    return made["plain"]


@pytest.fixture
def page(folder):
    return Page(folder / "report.html")


def hostile_folder(synthetic, place: Path) -> Path:
    """A folder in which every free text would like to run."""
    runs = [
        with_model(*synthetic.draw(["tin-man"] * 3, RATES, seed=seed, rounds=2))
        for seed in range(2)
    ]
    synthetic.write(place, [hostile(*run) for run in runs])
    write_manifest(place, 2)
    manifest = json.loads((place / "manifest.json").read_text())
    manifest |= {
        "failures": [{"run_id": HOSTILE, "error": HOSTILE}],
        "versions": {HOSTILE: HOSTILE},
        "model": {"name": HOSTILE},
    }
    (place / "manifest.json").write_text(json.dumps(manifest))
    write_calls(place, runs, HOSTILE)
    return place


@pytest.fixture
def hostile_page(synthetic, made, tmp_path_factory):
    if "hostile" not in made:
        place = hostile_folder(synthetic, tmp_path_factory.mktemp("report") / "hostile")
        made["hostile"] = Page(write(place))
    return made["hostile"]


def test_answer_comes_first_and_names_model_interval_n_and_comprehension(page):
    start = page.text.index("Does a character grounded in a benevolent human respondent cooperate")
    top = page.text[start : page.text.index("Contents")]
    # Two games leave one degree of freedom: nothing general can be decided.
    assert "Undecided: cooperation rate of human-benevolent minus tin-man is +0." in top
    assert "over 2 scenarios" in top
    assert "interval [" in top
    assert "n = 6 pairs of runs" in top
    assert "embedded, that answered 2 of 4 comprehension questions right" in top


def test_all_sections_stand_in_order_and_in_the_contents(page):
    identifiers = [given["id"] for tag, given in page.elements if tag == "h2" and "id" in given]
    links = [given["href"] for given in page.all("a") if given["href"] != "#main"]
    assert tuple(identifiers) == SECTIONS
    assert links == [f"#{name}" for name in SECTIONS]


def loads(page):
    """Attributes that make a browser fetch something."""
    fetching = ("src", "srcset", "data", "poster", "action", "background")
    found = [given[name] for _, given in page.elements for name in fetching if name in given]
    found += [given.get("href") for given in page.all("link")]
    return found + [given.get("xlink:href") for given in page.all("use") + page.all("image")]


@pytest.mark.parametrize("name", ["page", "hostile_page"])
def test_page_loads_nothing_and_allows_only_its_own_scripts(name, request):
    page = request.getfixturevalue(name)
    policy = next(g["content"] for g in page.all("meta") if "http-equiv" in g)
    scripts = [given for given in page.all("script") if given.get("type") != "application/json"]
    assert loads(page) == []
    assert not {tag for tag, _ in page.elements} & {"link", "iframe", "img", "object", "embed"}
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline' 'unsafe-eval" not in policy
    assert policy.count("'sha256-") == len(scripts) == 4


def test_style_sheet_fetches_nothing(folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert len(styles) == 1
    assert "url(" not in styles[0]
    assert "@import" not in styles[0]


def test_hostile_texts_are_shown_and_inert(hostile_page):
    attributes = [name for _, given in hostile_page.elements for name in given]
    links = [given.get("href", "") for given in hostile_page.all("a")]
    assert visible(HOSTILE) in hostile_page.text
    assert not [name for name in attributes if name.startswith("on")]
    assert all(link.startswith("#") for link in links)
    assert "{{ 7*7 }}" in hostile_page.text


def test_characters_that_are_not_seen_are_told_by_number_wherever_they_stand(hostile_page):
    # Also in the data of the charts and of the graph, which scripts write into the page.
    whole = hostile_page.source
    assert "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}U+202E" in hostile_page.text
    assert not [one for one in ("\u202e", "\u200b", "\x1b") if one in hostile_page.text]
    assert not [one for one in ("\\u202egnp", "\\u200b\\u001b[31m") if one in whole]


def test_a_message_of_100_kb_is_folded_and_what_is_left_out_is_counted(hostile_page):
    assert "The next 17,000 characters; " in hostile_page.text
    assert "the very last words" not in hostile_page.text
    assert len(hostile_page.source) < 5_000_000


def test_page_is_small_and_the_chart_library_stands_in_it_once(folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert len(text) < 5_000_000
    assert text.count("window.vegaEmbed=") == 1


@pytest.mark.parametrize(
    "name", ["comparison", "contrasts", "heat", "rounds", "pairs", "coherence"]
)
def test_figures_are_files_in_both_formats(folder, name):
    svg = (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert "currentColor" not in svg
    assert (folder / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_every_picture_has_words_and_every_table_its_headers(page):
    pictures = [given for given in page.all("div") if given.get("role") == "img"]
    assert pictures
    assert all(len(given["aria-label"]) > 20 for given in pictures)
    assert all("scope" in given for given in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    assert page.all("html") == [{"lang": "en"}]


def test_prompts_of_sample_decisions_come_from_the_journal(page):
    assert 'You share a stream. respondent-0-forward Me: "I will' in page.text


def test_without_journal_the_page_says_so(folder, tmp_path):
    journal = folder / "calls.sqlite"
    hidden = journal.rename(tmp_path / "calls.sqlite")
    try:
        text = Page(write(folder, tmp_path / "other.html")).text
    finally:
        hidden.rename(journal)
    assert "is not in this folder, so the prompts cannot be shown" in text


def test_failed_runs_and_hashes_are_listed(page):
    assert "lost-run : the server went away" in page.text
    assert "SHA-256 of persona texts" in page.text


def test_undefined_values_are_dashes_with_n_0(synthetic, tmp_path):
    run = with_model(*synthetic.run(["tin-man", "tin-man"], []))
    place = synthetic.write(tmp_path / "nothing", [run])
    text = Page(write(place)).text
    assert "What did these characters do?" in text
    assert "n = 0" in text


def test_two_reports_of_one_folder_are_equal(folder, tmp_path):
    first, second = (write(folder, tmp_path / name).read_bytes() for name in ("a.html", "b.html"))
    assert first == second


def test_a_folder_without_whole_runs_is_refused(synthetic, tmp_path):
    place = synthetic.write(tmp_path / "empty", [])
    with pytest.raises(AnalysisError, match="no whole run"):
        write(place)
