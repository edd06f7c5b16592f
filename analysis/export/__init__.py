"""Experiment folders for other programs: their tables, and their transcripts as Inspect logs."""

from analysis.export.whole import FORMATS, Exported, Format, export

__all__ = ["FORMATS", "Exported", "Format", "export"]
