"""What can be wrong with a scenario.

ScenarioError
├── UnknownScenarioError   no game of that name
├── ParameterError         a parameter that the game does not have or cannot take
├── WordingError           a wording file that does not fit its game
├── StrategyError          a scripted strategy that cannot play this game
└── BenchmarkError         human values, or a file of benchmarks, that do not fit each other
"""


class ScenarioError(Exception):
    """Bad input about a game; the message names the thing, the value and the remedy."""


class UnknownScenarioError(ScenarioError):
    """No game of that name."""


class ParameterError(ScenarioError):
    """A parameter that the game does not have, or a value that it cannot take."""


class WordingError(ScenarioError):
    """A wording file that does not fit its game."""


class StrategyError(ScenarioError):
    """A scripted strategy that is unknown or cannot play this game."""


class BenchmarkError(ScenarioError):
    """Human values, or a file of benchmarks, that cannot be read or do not fit each other."""
