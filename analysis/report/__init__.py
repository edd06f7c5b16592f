"""The report: one self-contained page that answers the experiment's question, and its figures."""

from analysis.report.page import write

__all__ = ["write"]
