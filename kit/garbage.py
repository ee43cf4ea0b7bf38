"""When a long-lived process looks for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: of new objects before the young, the middle-aged and the old ones are looked through. With Python's own
#: (700, 10, 10) the look at everything fell into one dispatch of thirty, which took 110 ms of CPU instead of 35
_THRESHOLDS = (10_000, 20, 50)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """For the main program of a server: what has been loaded is not looked through again, the rest rarely."""
    gc.collect()
    gc.freeze()
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
