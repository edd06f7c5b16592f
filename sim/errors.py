"""What can go wrong outside the rules and the characters.

SimError
├── ExperimentError          an experiment file or option that cannot be carried out
├── NetworkError             an interaction network that cannot be built
├── RecordError              a run folder or journal that cannot be read or written
│   └── MissingCallError     replay met a call that was never recorded
├── ModelError
│   ├── UnknownModelError    no model of that name in the registry
│   ├── DownloadError        a model file that could not be fetched
│   └── ChecksumError        a model file that is not the registered one
├── EmbeddedServerError      the embedded server did not start or ended
└── StoppedError             a budget or an interrupt; what is done is kept
"""


class SimError(Exception):
    """Bad input or a fault outside; the message names the thing, the value and the remedy."""


class ExperimentError(SimError):
    """An experiment file or option that cannot be carried out."""


class NetworkError(SimError):
    """An interaction network that cannot be built."""


class RecordError(SimError):
    """A run folder or journal that cannot be read or written."""


class MissingCallError(RecordError):
    """Replay met a call that was never recorded."""


class ModelError(SimError):
    """Something about a model's file or name."""


class UnknownModelError(ModelError):
    """No model of that name in the registry."""


class DownloadError(ModelError):
    """A model file that could not be fetched."""


class ChecksumError(ModelError):
    """A model file that is not the registered one."""


class EmbeddedServerError(SimError):
    """The embedded server did not start or ended."""


class StoppedError(SimError):
    """A budget or an interrupt stopped the work; what is done is kept.

    Attributes:
        faults: attempts at the request it stopped that had failed before.
    """

    faults: tuple[object, ...] = ()
