"""The report's parts: what was found, how far to trust it, what was run."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analysis import quality, summary
from analysis.contrasts import Contrast
from analysis.figures import Figure, Style
from analysis.graph import embedded
from analysis.report import costs, pictures, tables
from analysis.report.answer import Answer, answer, described, plain_sides, who_played
from analysis.report.counted import BY_POPULATION, BY_ROUND, BY_SCENARIO
from analysis.report.plays import choose, read_plays
from analysis.report.sayings import rows, taking_turns
from analysis.report.source import Source
from analysis.report.transcripts import Transcript, candidates, chosen, read_transcripts
from analysis.report.words import DASH, count, label

JOURNAL = "calls.sqlite"
_MOST_DRAWN = 24
_MOST_LISTED = 60
_MOST_TRANSCRIPTS = 48


def answered(source: Source) -> Answer:
    """The answer that stands on top."""
    if not source.has_play:
        return described(source.model)
    asked = _understood(source, ())
    whole = next(iter(asked.values()), None)
    return answer(source.primary_contrast, source.sesoi, source.model, whole, source.alpha)


def results(source: Source, style: Style) -> Mapping[str, Any]:
    """Comparison, contrasts, rounds and pairs: their figures and tables."""
    runs, primary = source.runs, source.primary
    who = source.folder.characters
    by_both = source.in_order(
        summary.estimates(source.outcomes, who, runs, ("population", "scenario"), source.metrics)
    )
    by_population = summary.estimates(source.outcomes, who, runs, ("population",), source.metrics)
    lines = source.in_order(summary.rounds(source.counted.rounds, BY_ROUND))
    met = source.in_order(summary.pairs(source.counted.pairs))
    cooperation = primary if "cooperation" in primary else "expected_cooperation"
    heated = tuple(dict.fromkeys((primary, cooperation, "oversight_resistance")))
    drawn = _drawn(source)
    understood = {key[0]: row for key, row in _understood(source, ("scenario",)).items()}
    return {
        "comparison": pictures.comparison(by_both, primary, style, source.scenarios),
        "comparison_table": tables.comparison(by_both, primary, understood),
        "contrast": pictures.contrasts(_figured(source, drawn), primary, source.sesoi),
        "contrast_table": tables.contrasts(drawn, f"Differences in {label(primary)}"),
        "other_contrasts": tables.contrasts(
            _others(source), "The declared pairs in every other metric"
        ),
        "heat": pictures.heat(by_both, heated, source.populations, source.scenarios),
        "metric_tables": tables.every_metric(by_population, source.populations),
        "rounds": pictures.over_rounds(lines, style, source.scenarios),
        "rounds_table": tables.rounds(lines),
        "pairs": pictures.pairs(met, style.names),
        "pairs_table": tables.pairs(met),
    }


def figures_of(found: Mapping[str, Any]) -> list[Figure]:
    """The figures among the results."""
    return [value for value in found.values() if isinstance(value, Figure)]


def _drawn(source: Source) -> Sequence[Contrast]:
    """Contrasts in the primary metric: declared pairs first, each pooled and by scenario."""
    pairs = [(a, b) for _, a, b in source.declared]
    found = [one for one in source.contrasts if one.metric == source.primary]

    def rank(one: Contrast) -> tuple[bool, int, int]:
        declared = (one.a, one.b) in pairs
        place = pairs.index((one.a, one.b)) if declared else len(pairs)
        where = -1 if one.scenario is None else source.scenarios.index(one.scenario)
        return not declared, where, place

    ranked = sorted(found, key=rank)
    played = {one.scenario for one in found if one.scenario and one.estimate is not None}
    apart = len(played) > 1
    kept = [
        one
        for one in ranked
        if one.scenario in _whole(source) or (apart and (one.a, one.b) in pairs)
    ]
    return kept[:_MOST_LISTED]


def _figured(source: Source, drawn: Sequence[Contrast]) -> Sequence[Contrast]:
    """The declared pairs, or all where none was declared: a figure of everything shows nothing."""
    pairs = {(a, b) for _, a, b in source.declared}
    kept = [one for one in drawn if not pairs or (one.a, one.b) in pairs]
    return kept[:_MOST_DRAWN]


def _others(source: Source) -> Sequence[Contrast]:
    pairs = {(a, b) for _, a, b in source.declared}
    found = [
        one
        for one in source.contrasts
        if (one.a, one.b) in pairs and one.scenario in _whole(source)
        if one.metric != source.primary and one.estimate is not None
    ]
    return found[:_MOST_LISTED]


def _whole(source: Source) -> tuple[str | None]:
    return (source.pooled_scenario,)


def _understood(source: Source, by: tuple[str, ...]) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    table = quality.comprehension(source.probes, source.runs, by)
    return {tuple(row[key] for key in by): row for row in table.iter_rows(named=True)}


def society(source: Source, style: Style) -> Mapping[str, Any]:
    """What the interactive graph holds."""
    offered = choose(source.in_order(source.runs), source.counted.moves)
    plays = read_plays(source.folder, offered)
    return {
        "plays": embedded(plays, style.names),
        "chosen": f"{count(len(offered))} of {count(len(source.folder.runs))} runs",
    }


def transcripts(source: Source) -> Sequence[Transcript]:
    """Decisions in full."""
    folder = source.folder
    ranked = source.in_order(candidates(source.counted.candidates))
    decisions = chosen(folder, taking_turns(ranked, _MOST_TRANSCRIPTS), _MOST_TRANSCRIPTS)
    readings = folder.of_runs(set(decisions["run_id"])).table("readings")
    return read_transcripts(decisions, readings, folder.path / JOURNAL)


def said(source: Source) -> Sequence[Mapping[str, Any]]:
    """Messages in full."""
    return rows(source.in_order(source.counted.sayings))


def trust(source: Source) -> Mapping[str, Any]:
    """Missing answers, mass, comprehension and the effect of order."""
    understood = source.in_order(
        quality.comprehension(source.probes, source.runs, ("scenario", "wording"))
    )
    order = source.in_order(quality.order_effect(source.counted.orders, BY_SCENARIO))
    missing = source.in_order(quality.missing(source.counted.answers, BY_POPULATION))
    mass = quality.mass(source.counted.masses, BY_SCENARIO)
    return {
        "missing_table": tables.missing(missing),
        "mass_table": tables.mass(mass, source.scenarios),
        "understood_table": tables.understanding(understood),
        "order_table": tables.order(order),
    }


def record(source: Source) -> Mapping[str, Any]:
    """Cost, versions, hashes and failures, as the manifest has them."""
    manifest = source.manifest
    usage = dict(manifest.get("usage") or {})
    planned = dict(manifest.get("runs") or {})
    return {
        "cost_table": costs.cost(usage),
        "fault_table": costs.faults(usage),
        "price": costs.price(usage),
        "planned": planned,
        "failures": list(manifest.get("failures") or ()),
        "started": manifest.get("started") or DASH,
        "finished": manifest.get("finished") or DASH,
        "model_table": _facts("Model", manifest.get("model")),
        "version_table": _facts("Versions", manifest.get("versions")),
        "persona_table": _facts("SHA-256 of persona texts", manifest.get("personas")),
        "prompt_table": _facts("SHA-256 of prompt templates", manifest.get("prompts")),
        "definitions": [source.metrics[name] for name in _measured(source)],
    }


def _measured(source: Source) -> list[str]:
    known = source.outcomes.filter(pl.col("value").is_not_null())["metric"].unique().to_list()
    return [name for name in source.metrics if name in known]


def _facts(caption: str, values: object) -> tables.Table:
    return tables.facts(caption, values if isinstance(values, dict) else {})


def overview(source: Source) -> Sequence[tuple[str, str]]:
    """What was run, at a glance."""
    readouts = ", ".join(source.runs["readout"].unique().sort().to_list())
    return (
        ("model", source.model),
        ("runs", count(len(source.folder.runs))),
        ("decisions", count(source.counted.decisions)),
        ("populations", count(len(source.populations))),
        ("scenarios", count(len(source.scenarios))),
        ("readout", readouts),
    )


def sides(source: Source) -> str:
    """Both sides of the primary contrast in plain words; empty without one."""
    contrast = source.primary_contrast
    return "" if contrast is None else f"{plain_sides(contrast)}. {who_played(contrast)}"
