"""The interaction graph as a file, in the formats that people and other tools read."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import networkx as nx
import vl_convert

from analysis.errors import UnknownNameError
from analysis.folder import open_folder
from analysis.graph.page import page
from analysis.graph.picture import drawing
from analysis.graph.values import node_link, society_graph
from analysis.play import Play, read_play
from analysis.writing import write_whole
from scenarios.catalogue import nearest


def export(folder: Path, run_id: str, format: str, out: Path) -> Path:
    """Write the interaction graph of one run.

    Args:
        folder: an experiment folder.
        run_id: one of its whole runs.
        format: html (interactive), json (node-link data), graphml, gexf, svg or png.
        out: the file to write.

    Returns:
        `out`.

    Raises:
        UnknownNameError: an unknown run or format, with the nearest one.
        AnalysisError: the file cannot be written.
    """
    if format not in _WRITERS:
        raise UnknownNameError(f"unknown format {format!r}{nearest(format, _WRITERS)}")
    play = read_play(open_folder(folder), run_id)
    return write_whole(out, lambda draft: _WRITERS[format](play, draft))


def _write_json(play: Play, out: Path) -> None:
    # All but ASCII is escaped: the words stay whole, and nothing steers the terminal that shows it.
    out.write_text(json.dumps(node_link(play), indent=1) + "\n", encoding="utf-8")


_WRITERS: Mapping[str, Callable[[Play, Path], object]] = MappingProxyType(
    {
        "html": lambda play, out: out.write_text(page(play), encoding="utf-8"),
        "graphml": lambda play, out: nx.write_graphml(society_graph(play), out),
        "gexf": lambda play, out: nx.write_gexf(society_graph(play), out),
        "json": _write_json,
        "svg": lambda play, out: out.write_text(drawing(play), encoding="utf-8"),
        "png": lambda play, out: out.write_bytes(vl_convert.svg_to_png(drawing(play), scale=2)),
    }
)
