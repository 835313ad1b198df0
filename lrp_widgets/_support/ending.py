"""What works in the background is asked to stop when the program ends, and waited for.

Python stops a daemon thread wherever it is by then, and within TensorFlow that aborts the program.
"""

import atexit
import time
import weakref

# Seconds that a program waits at its end for what cannot be interrupted.
LAST_WAIT = 30

_AT_WORK = weakref.WeakKeyDictionary()


def end_with_program(one, stop, wait):
    """Call `stop(one)` when the program ends, then `wait(one, seconds)`; `one` is not kept alive.

    `stop` and `wait` are functions that do not hold `one`, such as its class's.
    """
    _AT_WORK[one] = stop, wait


@atexit.register
def _end_all():
    found, until = list(_AT_WORK.items()), time.monotonic() + LAST_WAIT
    for one, (stop, _) in found:
        stop(one)
    for one, (_, wait) in found:
        wait(one, max(0, until - time.monotonic()))
