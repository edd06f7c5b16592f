"""The interaction graph as a page with a slider, and as what the report embeds."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from analysis.graph.payload import payload
from analysis.graph.words import shown
from analysis.looks import PALETTE
from analysis.play import Play
from analysis.templates import asset, policy, render

_SCRIPTS = ("graph_data.js", "graph_drawing.js", "graph_panel.js", "graph_blocks.js", "graph.js")


def script() -> Markup:
    """The script of the graph: its files in the order in which they must run."""
    return Markup("\n").join(map(asset, _SCRIPTS))


def page(play: Play) -> str:
    """The graph as a self-contained interactive page."""
    ours = script()
    context = {
        "title": shown(title(play)),
        "data": embedded([play], []),
        "policy": policy(ours),
        "style": asset("report.css") + asset("graph.css"),
        "script": ours,
    }
    return render("graph.html.j2", context)


def embedded(plays: Sequence[Play], names: Sequence[str]) -> dict[str, Any]:
    """What the interactive graph reads: runs, and each member's place among the colours.

    Args:
        plays: the runs to choose from.
        names: names that have their colours already, in order.
    """
    seated = sorted({who.member for play in plays for who in play.run.characters})
    return {
        "plays": [payload(play) for play in plays],
        "colours": PALETTE,
        "members": list(dict.fromkeys(map(shown, [*names, *seated]))),
    }


def title(play: Play) -> str:
    """Scenario, population and seed of a run."""
    scenario = play.run.scenario.replace("_", " ")
    return f"{scenario}, {play.population}, seed {play.run.seed}"
