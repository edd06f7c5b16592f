"""The interaction graph of one run: data for other tools, still pictures, interactive pages."""

from analysis.graph.files import export
from analysis.graph.page import embedded, page, script
from analysis.graph.values import node_link, society_graph

__all__ = ["embedded", "export", "node_link", "page", "script", "society_graph"]
