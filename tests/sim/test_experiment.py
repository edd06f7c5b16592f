"""Claims about experiment files: refused in full before anything runs, or done as written."""

from dataclasses import replace
from pathlib import Path

import pytest

from agents.cells import cells
from sim.errors import ExperimentError
from sim.experiment import parse, read, resolve, to_toml
from sim.plan import RunSpec

PLAIN = """
name = "plain"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["scripted:tit_for_tat"]
wordings = 1
seeds = 1
agents = 4
rounds = 3
"""


def resolved(text: str) -> tuple[RunSpec, ...]:
    return resolve(parse(text, "x.toml"), "x.toml")


def refusal(text: str) -> str:
    with pytest.raises(ExperimentError) as caught:
        resolved(text)
    message = str(caught.value)
    assert message.startswith("x.toml: ")
    assert "\n" not in message
    return message


def changed(old: str, new: str) -> str:
    assert old in PLAIN
    return PLAIN.replace(old, new)


MIND = PLAIN + "[mind]\n"
BAD = {
    "not TOML": ("name = plain", ["not valid TOML", "line 1"]),
    "no design": ('name = "x"', ["design", "required"]),
    "misspelt table": (
        changed("[design]", "[desing]"),
        ["unknown key desing", "did you mean 'design'"],
    ),
    "misspelt key at the top": (
        "nmae = 'x'\n" + PLAIN,
        ["unknown key nmae", "did you mean 'name'"],
    ),
    "misspelt key in design": (
        changed("agents", "agnets"),
        ["unknown key design.agnets", "did you mean 'agents'"],
    ),
    "misspelt key in mind": (
        MIND + "modle = 'embedded'",
        ["unknown key mind.modle", "did you mean 'model'"],
    ),
    "misspelt key in analysis": (
        PLAIN + "[analysis]\nprimry = 'x'",
        ["unknown key analysis.primry", "did you mean 'primary'"],
    ),
    "misspelt key in memory": (
        MIND + "memory = {kind = 'last', ronds = 2}",
        ["unknown key mind.memory", "ronds", "did you mean 'rounds'"],
    ),
    "misspelt key in network": (
        PLAIN + "network = {kind = 'small_world', kk = 4}",
        ["unknown key design.network", "kk", "did you mean 'k'"],
    ),
    "misspelt key in a population": (
        changed('["scripted:tit_for_tat"]', "[{name = 'half', mxi = {guardian = 1}}]"),
        ["unknown key design.populations.0", "mxi", "did you mean 'mix'"],
    ),
    "misspelt parameter of a game": (
        changed('"prisoners_dilemma"', "{name = 'prisoners_dilemma', nois = 0.1}"),
        ["'nois'", "did you mean 'noise'"],
    ),
    "unknown scenario": (
        changed("prisoners_dilemma", "prisoner_dilema"),
        ["'prisoner_dilema'", "did you mean 'prisoners_dilemma'"],
    ),
    "unknown preset": (
        changed("prisoners_dilemma", "prisoners_dilemma:one-shoot"),
        ["'one-shoot'", "did you mean 'one-shot'"],
    ),
    "unknown population": (
        changed("scripted:tit_for_tat", "guardien"),
        ["'guardien'", "did you mean 'guardian'"],
    ),
    "unknown strategy": (
        changed("scripted:tit_for_tat", "scripted:tit_for_tta"),
        ["'tit_for_tta'", "did you mean 'tit_for_tat'"],
    ),
    "unknown strategy as a model": (
        MIND + "model = 'scripted:grimm'",
        ["'grimm'", "did you mean 'grim'"],
    ),
    "unknown wording": (
        changed("wordings = 1", "wordings = ['steam']"),
        ["'steam'", "did you mean 'stream'"],
    ),
    "too many wordings": (changed("wordings = 1", "wordings = 99"), ["wordings = 99", "1 to"]),
    "unknown readout": (
        MIND + "readout = 'close'",
        ["mind.readout = 'close'", "did you mean 'cloze'"],
    ),
    "no draws": (MIND + "draws = 0", ["mind.draws = 0"]),
    "draws as a flag": (MIND + "draws = true", ["mind.draws", "True"]),
    "too hot": (MIND + "temperature = 2.5", ["mind.temperature = 2.5"]),
    "colder than cold": (MIND + "temperature = -0.1", ["mind.temperature = -0.1"]),
    "many samples that are one": (
        MIND + "readout = 'json'\ntemperature = 0",
        ["mind.temperature = 0", "mind.draws = 20", "write draws = 1"],
    ),
    "asked again too often": (MIND + "reask = 4", ["mind.reask = 4"]),
    "a panel of more than there are": (
        MIND + "calibration = 100000000",
        ["mind.calibration = 100000000", "human-neutral has only"],
    ),
    "unknown memory": (MIND + "memory = {kind = 'lst'}", ["mind.memory", "'lst'", "'last'"]),
    "memory that no wording can tell": (
        changed("prisoners_dilemma", "oversight").replace("tit_for_tat", "random")
        + "[mind]\nmemory = {kind = 'tally'}",
        ["mind.memory", "'tally'", "oversight", "'last'"],
    ),
    "memory of no rounds": (
        MIND + "memory = {kind = 'last', rounds = 0}",
        ["mind.memory", "rounds = 0"],
    ),
    "no agents": (changed("agents = 4", "agents = 0"), ["design.agents = 0", "at least 1"]),
    "too few agents": (changed("agents = 4", "agents = 1"), ["design.agents = 1", "at least 2"]),
    "agents as text": (changed("agents = 4", "agents = 'four'"), ["design.agents", "'four'"]),
    "agents as a flag": (changed("agents = 4", "agents = true"), ["design.agents", "True"]),
    "no rounds": (changed("rounds = 3", "rounds = 0"), ["rounds = 0"]),
    "no seeds": (changed("seeds = 1", "seeds = 0"), ["design.seeds = 0"]),
    "an empty list of seeds": (changed("seeds = 1", "seeds = []"), ["design.seeds = []"]),
    "a seed twice": (changed("seeds = 1", "seeds = [1, 2, 1]"), ["design.seeds", "twice"]),
    "a negative seed": (changed("seeds = 1", "seeds = [-1]"), ["design.seeds = [-1]"]),
    "a population twice": (
        changed('["scripted:tit_for_tat"]', "['guardian', 'guardian']"),
        ["guardian", "twice"],
    ),
    "a head count twice": (changed("agents = 4", "agents = [4, 4]"), ["agents=4", "twice"]),
    "a wording twice": (
        changed("wordings = 1", "wordings = ['stream', 'stream']"),
        ["wording=stream", "twice"],
    ),
    "one name for two mixes": (
        changed(
            '["scripted:tit_for_tat"]',
            "[{name = 'a', mix = {guardian = 1}}, {name = 'a', mix = {tin-man = 1}}]",
        ),
        ["population=a", "twice"],
    ),
    "no scenarios": (changed('["prisoners_dilemma"]', "[]"), ["design.scenarios", "at least 1"]),
    "a mix that does not add up": (
        changed(
            '["scripted:tit_for_tat"]', "[{name = 'h', mix = {guardian = 0.5, tin-man = 0.4}}]"
        ),
        ["'h'", "0.9"],
    ),
    "a share below zero": (
        changed('["scripted:tit_for_tat"]', "[{name = 'h', mix = {guardian = -1, tin-man = 2}}]"),
        ["'guardian'", "-1", "positive"],
    ),
    "an empty mix": (
        changed('["scripted:tit_for_tat"]', "[{name = 'h', mix = {}}]"),
        ["'h'", "no members"],
    ),
    "a strategy that cannot play the game": (
        changed("prisoners_dilemma", "public_goods"),
        ["'tit_for_tat'", "public_goods", "always_cooperate"],
    ),
    "a network with too few agents": (
        PLAIN + "network = {kind = 'ring', k = 4}",
        ["k = 4", "not 4", "raise agents"],
    ),
    "a prime lattice": (
        changed("agents = 4", "agents = 5") + "network = {kind = 'lattice'}",
        ["5 is prime", "use 6"],
    ),
    "an odd ring": (PLAIN + "network = {kind = 'ring', k = 3}", ["design.network", "k = 3"]),
    "a probability above one": (
        PLAIN + "network = {kind = 'small_world', k = 2, p = 1.5}",
        ["design.network", "p = 1.5"],
    ),
    "an unknown network": (
        PLAIN + "network = {kind = 'complet'}",
        ["design.network", "'complet'", "'complete'"],
    ),
    "a network file that is not there": (
        PLAIN + "network = {kind = 'file', file = 'nowhere.graphml'}",
        ["nowhere.graphml"],
    ),
    "a network without any edge": (
        PLAIN + "network = {kind = 'blocks', p_in = 0, p_out = 0}",
        ["network", "nobody"],
    ),
    "a payoff order that is no dilemma": (
        changed('"prisoners_dilemma"', "{name = 'prisoners_dilemma', reward = 9}"),
        ["temptation > reward"],
    ),
    "noise above a half": (
        changed('"prisoners_dilemma"', "{name = 'prisoners_dilemma', noise = 0.7}"),
        ["noise = 0.7"],
    ),
    "an impossible alpha": (PLAIN + "[analysis]\nalpha = 2", ["analysis.alpha = 2"]),
    "a contrast of a level that is not played": (
        PLAIN + "[analysis]\ncontrasts = [['scripted:tit_for_tat', 'scripted:tit_for_tst']]",
        ["analysis.contrasts", "'scripted:tit_for_tst'", "did you mean"],
    ),
    "agents of no level": (
        changed("agents = 4", "agents = []"),
        ["design.agents = []", "at least"],
    ),
    "rounds of no level": (
        changed("rounds = 3", "rounds = []"),
        ["design.rounds = []", "at least"],
    ),
    "networks of no level": (PLAIN + "network = []", ["design.network = []", "at least 1"]),
    "a network as a bare name": (
        PLAIN + "network = 'ring'",
        ["design.network = 'ring'", 'write {kind = "ring"}'],
    ),
    "a network of a misspelt kind key": (
        PLAIN + "network = {knd = 'ring'}",
        ["design.network", "'knd'", "did you mean 'kind'"],
    ),
    "a network without a kind": (
        PLAIN + "network = [{k = 2}]",
        ["design.network.0", "needs a kind", "small_world"],
    ),
    "a memory as a bare name": (
        MIND + "memory = 'tally'",
        ["mind.memory = 'tally'", 'write {kind = "tally"}'],
    ),
    "a contrast of a level with itself": (
        PLAIN + "[analysis]\ncontrasts = [['scripted:tit_for_tat', 'scripted:tit_for_tat']]",
        ["analysis.contrasts.0", "two different levels"],
    ),
    "a seed that no table holds": (
        changed("seeds = 1", f"seeds = [{2**63}]"),
        ["design.seeds", "2**63 - 1"],
    ),
    "more seeds than a sweep holds": (
        changed("seeds = 1", f"seeds = {2**63}"),
        ["design.seeds", "a count of 1 to"],
    ),
    "an escape in the name": (
        changed('"plain"', '"pl\\u001bain"'),
        ["name = 'pl\\x1bain'", "no control characters"],
    ),
    "a line end in a population's name": (
        changed('["scripted:tit_for_tat"]', '[{name = "a\\nb", mix = {guardian = 1}}]'),
        ["design.populations.0.name", "no control characters"],
    ),
    "another format": ("format = 2\n" + PLAIN, ["format = 2"]),
    "no name": (changed('name = "plain"', 'name = ""'), ["name = ''"]),
}


@pytest.mark.parametrize(("text", "words"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line_that_names_key_value_and_remedy(text: str, words: list[str]) -> None:
    message = refusal(text)
    missing = [word for word in words if word not in message]
    assert not missing, message


def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(ExperimentError, match=r"nowhere\.toml: cannot be read"):
        read(tmp_path / "nowhere.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ExperimentError, match=r"binary\.toml: cannot be read"):
        read(tmp_path / "binary.toml")
    with pytest.raises(ExperimentError, match="cannot be read"):
        read(tmp_path)


FULL = """
name = "Everything / at once: \\u00fc"
[design]
scenarios = ["prisoners_dilemma", {name = "chicken", rounds = 20}]
populations = ["guardian", {name = "half", mix = {guardian = 0.5, tin-man = 0.5}}]
wordings = ["*"]
seeds = [3, 1]
agents = [6, 12]
rounds = 10
network = [{kind = "complete"}, {kind = "small_world", k = 4, p = 0.1}]
pool = 3
[mind]
memory = {kind = "last", rounds = 3}
[analysis]
contrasts = [["guardian", "half"]]
"""


@pytest.mark.parametrize("text", [PLAIN, FULL])
def test_what_is_written_back_means_the_same(text: str) -> None:
    experiment = parse(text, "x.toml")
    again = parse(to_toml(experiment), "again")
    assert again == experiment
    assert to_toml(again) == to_toml(experiment)
    assert resolve(again, "x") == resolve(experiment, "x")


def test_the_sweep_is_the_product_of_its_factors() -> None:
    specs = resolved(FULL)
    wordings = {(s.condition.game, s.condition.wording) for s in specs}
    assert len(specs) == len(wordings) * 2 * 2 * 2 * 2  # populations, agents, networks, seeds
    assert len({spec.run_id for spec in specs}) == len(specs)
    rounds = {(s.condition.game, s.condition.parameters.rounds) for s in specs}
    assert rounds == {("prisoners_dilemma", 10), ("chicken", 20)}


def test_runs_of_a_seed_come_together_in_the_order_written() -> None:
    specs = resolved(FULL)
    half = len(specs) // 2
    assert {spec.seed for spec in specs[:half]} == {3}
    assert [s.condition for s in specs[:half]] == [s.condition for s in specs[half:]]


def test_the_run_id_depends_on_the_games_parameters() -> None:
    (plain,) = resolved(PLAIN)
    (noisy,) = resolved(changed('"prisoners_dilemma"', "{name = 'prisoners_dilemma', noise = 0.1}"))
    assert plain.run_id != noisy.run_id


@pytest.mark.parametrize(
    "line", ["draws = 5", "temperature = 0.5", "reask = 1", "calibration = 2", "readout = 'json'"]
)
def test_the_run_id_depends_on_how_answers_are_read(line: str) -> None:
    plain, other = (resolve(parse(text, "t"), "t")[0] for text in (MIND, MIND + line))
    assert plain.run_id != other.run_id


def test_one_sample_at_temperature_zero_may_be_declared() -> None:
    text = MIND + "readout = 'sample'\ntemperature = 0\ndraws = 1"
    assert resolve(parse(text, "t"), "t")[0].condition.manner.draws == 1


def test_the_panel_is_of_different_neutral_respondents_and_drawn_by_the_pools_seed() -> None:
    def panel(more: str) -> tuple[str, ...]:
        text = changed("seeds = 1", f"seeds = 1\n{more}") + "[mind]\ncalibration = 4"
        return resolve(parse(text, "t"), "t")[0].condition.manner.panel

    assert len(set(panel(""))) == 4
    assert panel("") == panel("pool_seed = 0") != panel("pool_seed = 1")
    neutral = cells()["human-neutral"]
    known = {text for rank in range(len(neutral)) for text in neutral.persona(rank).texts}
    assert set(panel("")) <= known


def test_run_ids_are_safe_names_of_folders() -> None:
    (spec,) = resolved(
        changed('["scripted:tit_for_tat"]', "[{name = '../../Größe / :*?', mix = {guardian = 1}}]")
    )
    assert spec.run_id.replace("-", "").replace("_", "").isalnum()


def test_a_network_file_may_be_named_without_a_kind(tmp_path: Path) -> None:
    file = tmp_path / "edges.graphml"
    import_text = (
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected">'
        '<node id="a"/><node id="b"/><node id="c"/><node id="d"/>'
        '<edge source="a" target="b"/></graph></graphml>'
    )
    file.write_text(import_text)
    (spec,) = resolved(PLAIN + f"network = {{file = '{file}'}}")
    assert spec.condition.factors()["network"] == f"file(file={file})"


def test_seeds_as_a_count_begin_at_zero() -> None:
    assert [spec.seed for spec in resolved(changed("seeds = 1", "seeds = 3"))] == [0, 1, 2]


def test_a_scripted_society_needs_no_model_and_a_persona_does() -> None:
    (scripted,) = resolved(PLAIN)
    (persona,) = resolved(changed("scripted:tit_for_tat", "guardian"))
    (played,) = resolved(
        changed("scripted:tit_for_tat", "guardian") + "[mind]\nmodel = 'scripted:grim'"
    )
    assert [s.needs_model for s in (scripted, persona, played)] == [False, True, False]


def test_several_readouts_are_a_factor_of_runs_that_differ_in_nothing_else() -> None:
    runs = resolved(MIND + "readout = ['cloze', 'cloze-continued']")
    alone = resolved(MIND + "readout = 'cloze'")
    assert [s.condition.readout for s in runs] == ["cloze", "cloze-continued"] * len(alone)
    assert [s.run_id for s in runs[::2]] == [s.run_id for s in alone]
    assert len({s.run_id for s in runs}) == len(runs)
    assert [replace(s.condition, readout="") for s in runs[::2]] == [
        replace(s.condition, readout="") for s in runs[1::2]
    ]


@pytest.mark.parametrize(
    ("readouts", "said"),
    [
        (["cloze", "close"], "mind.readout = 'close': unknown; did you mean 'cloze'?"),
        (["cloze", "auto"], "name every readout"),
        (["cloze", "cloze"], "a condition occurs twice"),
        ([], "mind.readout"),
    ],
)
def test_readouts_that_would_say_nothing_are_refused(readouts: list[str], said: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        resolved(MIND + f"readout = {readouts}")
    assert said in str(caught.value)


FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted([*FOLDER.glob("*.toml"), *FOLDER.glob("claims/**/*.toml")])
MATCHED = [file for file in EXAMPLES if file.stem.endswith("-matched")]
"""They play by rates that `society match` writes beside them first."""


@pytest.mark.parametrize(
    "file", sorted({*EXAMPLES} - {*MATCHED}), ids=lambda file: str(file.relative_to(FOLDER))
)
def test_every_example_can_be_played(file: Path) -> None:
    assert resolve(read(file), str(file))


@pytest.mark.parametrize("file", MATCHED, ids=lambda file: str(file.relative_to(FOLDER)))
def test_every_matched_example_can_be_played_once_there_are_rates(
    file: Path, tmp_path: Path
) -> None:
    played = {"prisoners_dilemma": ("cooperate", "defect"), "stag_hunt": ("stag", "hare")}
    played["chicken"] = ("yield", "escalate")
    entries = [
        f'[[rates]]\ngame = "{game}"\nphase = "choose"\nn = 4\noptions = {{{a} = 0.25, {b} = 0.75}}'
        for game, (a, b) in played.items()
    ]
    (tmp_path / "rates.toml").write_text("\n".join(['member = "tin-man"', *entries]))
    here = tmp_path / file.name
    here.write_text(file.read_text())
    assert resolve(read(here), str(here))
