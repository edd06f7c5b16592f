"""What can be wrong with characters.

AgentError
├── UnknownPersonaError      no persona or population of that name
├── PersonaFileError         a persona file that cannot be read, with file and row
├── RubricError              a rubric that cannot be read, with file and key
├── PopulationError          a mix that cannot become seats
├── MemoryKindError          a memory that is unknown or that this game cannot fill
├── PromptError              a template whose placeholders do not match
├── ReadoutError             a readout that is unknown or that the endpoint cannot do
└── CompleterError           a model's endpoint failed, after its retries
    └── CallFailedError      one request that will never be answered; a recorded value
"""


class AgentError(Exception):
    """Bad input about characters; the message names the thing, the value and the remedy."""


class UnknownPersonaError(AgentError):
    """No persona or population of that name."""


class PersonaFileError(AgentError):
    """A persona file that cannot be read; names file and row."""


class RubricError(AgentError):
    """A rubric of a judge that cannot be read; names file and key."""


class PopulationError(AgentError):
    """A mix that cannot become seats."""


class MemoryKindError(AgentError):
    """A memory that is unknown or that this game cannot fill."""


class PromptError(AgentError):
    """A template whose placeholders do not match what it is filled with."""


class ReadoutError(AgentError):
    """A readout that is unknown or that the endpoint cannot do."""


class CompleterError(AgentError):
    """A model's endpoint failed, after its retries; the run that needed it is marked failed."""


class CallFailedError(CompleterError):
    """This request will never be answered, and that is recorded; others may be fine.

    Attributes:
        call_keys: keys of the recorded calls, the failed one last.
    """

    def __init__(self, message: str, call_keys: tuple[str, ...] = ()) -> None:
        """Say why, and which recorded calls say so."""
        super().__init__(message)
        self.call_keys = call_keys
