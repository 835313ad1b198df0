"""The one background thread, so that the page stays alive while TensorFlow works."""

import asyncio
import threading

from IPython import get_ipython

from ..._support.ending import end_with_program


class Worker:
    """Runs the newest job in a thread of its own, and hands results back to the widgets' thread.

    A new job takes the place of one that waits, and asks the running one to stop. In a kernel
    `deliver` runs functions on the kernel's own event loop, so that no widget is ever changed
    from two threads at once; without a kernel (a plain script, a test) they run where they are.
    """

    def __init__(self):
        in_kernel = getattr(get_ipython(), "kernel", None) is not None
        self._loop = asyncio.get_running_loop() if in_kernel else None
        self._changed = threading.Condition()
        self._waiting = None
        self._afterwards = None
        self._running = None
        self._thread = None

    def submit(self, job):
        """Run `job(cancel)` next; `cancel` is set once a newer job has come."""
        with self._changed:
            self.cancel()
            self._waiting = (job, threading.Event())
            self._wake()

    def submit_afterwards(self, job):
        """Run `job(cancel)` once nothing else is left to do, instead of an earlier such job."""
        with self._changed:
            self._afterwards = (job, threading.Event())
            self._wake()

    def _wake(self):
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="lrp-worker", daemon=True)
            end_with_program(self, Worker.cancel, Worker.wait)
            self._thread.start()
        self._changed.notify_all()

    def cancel(self):
        """Forget the waiting job and ask the running one to stop."""
        with self._changed:
            self._waiting = self._afterwards = None
            if self._running is not None:
                self._running.set()

    @property
    def in_kernel(self):
        """Whether a page may be on its way to a browser."""
        return self._loop is not None

    @property
    def busy(self):
        """Whether a job is running, be it one that was asked to stop."""
        return self._running is not None

    def wait(self, timeout=None):
        """Wait until nothing is left to do; return whether that came within `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not (self._waiting or self._afterwards or self._running), timeout
            )

    def deliver(self, function, *arguments):
        """Run `function(*arguments)` on the widgets' thread."""
        if self._loop is None:
            function(*arguments)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)

    def later(self, seconds, function, *arguments):
        """Run `function(*arguments)` on the widgets' thread after a while."""
        timer = threading.Timer(seconds, self.deliver, (function, *arguments))
        timer.daemon = True
        timer.start()

    def _work(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._afterwards)
                if self._waiting is None:
                    self._waiting, self._afterwards = self._afterwards, None
                job, self._running = self._waiting
                self._waiting = None
            try:
                job(self._running)
            finally:
                with self._changed:
                    self._running = None
                    self._changed.notify_all()
