"""What can be wrong with an analysis.

AnalysisError
├── FolderError        a folder that is no experiment folder, or a file in it that cannot be read
└── UnknownNameError   no metric, factor, level or run of that name
"""


class AnalysisError(Exception):
    """Bad input to an analysis; the message names the thing, the value and the remedy."""


class FolderError(AnalysisError):
    """A folder that is no experiment folder, or a file in it that cannot be read."""


class UnknownNameError(AnalysisError):
    """No metric, factor, level or run of that name."""
