"""The settings of the cyclic garbage collector.

By default, it runs whenever the number of objects has grown by 700, or by 2,000 since Python 3.13. A few
concurrent requests hold more objects than that, so nearly every request would pay for a collection that
finds nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (10_000, 20, 20)


@contextmanager
def collecting_less_often() -> Iterator[None]:
    """Raise the threshold to 10,000 objects, and exempt existing objects from collection.

    They were created at start-up and live as long as the process.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
