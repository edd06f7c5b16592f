"""The garbage collector, made patient while a sweep is played.

A sweep holds hundreds of thousands of objects that live until its end (contexts, readings, waiting
askers), and what it drops is mostly freed by reference counts. A collector at its usual pace walks
the long-lived ones again and again, which took a tenth of the time on a fast endpoint.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (50_000, 20, 20)


@contextmanager
def patient_collector() -> Iterator[None]:
    """Pass over what is there already, and look at what is new less often; afterwards as before."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
