"""From an experiment folder to the page. Everything shown was computed elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import vl_convert
from markupsafe import Markup

from analysis.errors import AnalysisError
from analysis.figure_files import save
from analysis.figures import Style, seen
from analysis.folder import open_folder
from analysis.graph import script as graph_script
from analysis.looks import DASHES, PALETTE, turn
from analysis.outcomes import Own
from analysis.report import (
    coherent,
    inventories,
    judges,
    parts,
    people,
    societies,
    texts,
    variation,
    verdicts,
)
from analysis.report.source import Source
from analysis.report.words import count, folded_text, label, number, percent, signed
from analysis.templates import asset, policy, render, script
from analysis.writing import unwritable, write_whole


def write(folder: Path, out: Path | None = None, own: Own | None = None) -> Path:
    """Write the report of an experiment folder, and its figures beside it as SVG and PNG.

    Args:
        folder: an experiment folder with at least one whole run.
        out: the page; `report.html` in the folder where it is None. `figures/` goes beside it.
        own: metrics of the user's own, told beside the others.

    Returns:
        The page.

    Raises:
        FolderError: not an experiment folder, or a table cannot be read.
        AnalysisError: no whole run, or the page cannot be written.
    """
    source = Source(replace(open_folder(folder), own=own))
    if not source.folder.runs:
        raise AnalysisError(f"{folder}: holds no whole run yet; go on with `society sweep`")
    page = out or folder / "report.html"
    style = Style(source.populations)
    found = parts.results(source, style)
    beside = people.beside(source, style)
    asked = inventories.asked(source)
    claims = verdicts.judged(source)
    steady = coherent.coherent(source, style)
    text = render(
        "report.html.j2",
        {
            **_context(source, style, found),
            **_beside_people(beside),
            "asked": asked,
            "claims": claims,
            "steady": steady,
        },
    )
    write_whole(page, lambda draft: draft.write_text(text, encoding="utf-8"))
    try:
        drawn = [(figure, style) for figure in parts.figures_of(found)]
        told = [(one[name], one[f"{name}_style"]) for one in asked for name in ("scores", "drift")]
        others = [(beside[name], beside["style"]) for name in ("figure", "levels")]
        others += [(claims["figure"], style), (steady["figure"], style)]
        for figure, looks in [*drawn, *others, *told]:
            if figure.panels:
                save(figure, looks, page.parent / "figures")
    except OSError as error:
        raise unwritable(page.parent / "figures", error) from None
    return page


def _context(source: Source, style: Style, found: Mapping[str, Any]) -> Mapping[str, object]:
    scripts = (_library(), asset("charts.js"), graph_script(), asset("search.js"))
    return {
        "name": source.folder.experiment.get("name", source.folder.path.name),
        "answer": parts.answered(source),
        "has_play": source.has_play,
        "sides": parts.sides(source),
        "registration": source.folder.lock.told(len(source.folder.runs)),
        "overview": parts.overview(source),
        "found": found,
        "trust": parts.trust(source),
        "record": parts.record(source),
        "society": seen(parts.society(source, style)),
        "structure": societies.structure(source),
        "transcripts": parts.transcripts(source),
        "said": parts.said(source),
        "judges": judges.judged(source),
        "variation": variation.variation(source),
        "folded_text": folded_text,
        "has_journal": (source.folder.path / parts.JOURNAL).is_file(),
        "plan": source.plan,
        "texts": texts.about(source),
        "looks": _looks(style),
        "css": asset("report.css") + asset("graph.css"),
        "scripts": scripts,
        "policy": policy(*scripts),
        # Pictures were drawn by the library, which escapes the texts in them.
        "drawn": Markup,
        "looks_of": _looks,
        "number": number,
        "signed": signed,
        "count": count,
        "percent": percent,
        "label": label,
    }


def _beside_people(beside: Mapping[str, Any]) -> Mapping[str, object]:
    return {"people": beside, "people_looks": _looks(beside["style"])}


def _looks(style: Style) -> Sequence[Mapping[str, object]]:
    """Legend entries: name, colour and dash of each population."""
    return [
        {
            "name": name,
            "colour": PALETTE[index % len(PALETTE)],
            "dash": " ".join(str(part) for part in DASHES[turn(index)]),
        }
        for index, name in enumerate(style.names)
    ]


def _library() -> Markup:
    """The chart library, once for all charts."""
    bundle: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # it has a default
    return script(bundle)
