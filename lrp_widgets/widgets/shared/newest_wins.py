"""Asking a worker one thing at a time, and saying on the page what is going on."""

from functools import partial

# What takes longer than this (seconds) says what it is doing.
PATIENCE = 0.3


class NewestWins:
    """Counts what is asked, so that late answers to older requests can be told apart.

    A subclass gives `_say(text, fraction)`, which puts on the page what is going on, "" and −1 for
    nothing. All but what `_worker` runs happens on the widgets' own thread.
    """

    def __init__(self, worker):
        self._worker = worker
        self._newest = 0
        self._doing = ("", -1)
        self._revealed = False

    def wait(self, timeout=None):
        """Wait until all is computed; return whether that came within `timeout` seconds."""
        return self._worker.wait(timeout)

    def stop(self):
        """Drop what is being computed, and take its signs off the page."""
        self._newest += 1
        self._worker.cancel()
        self._rest()

    def _begin(self, words, patience=PATIENCE):
        """Something is being computed: say so, unless it is done within `patience` seconds."""
        self._doing = (words, -1)
        self._worker.later(patience, self._if_newest, self._newest, self._reveal)

    def _deliverer(self, number):
        """A function `deliver(function, *arguments)` for the worker that answers that request."""
        return partial(self._worker.deliver, self._if_newest, number)

    def _if_newest(self, number, function, *arguments):
        if number == self._newest:
            function(*arguments)

    def _reveal(self):
        if self._doing[0]:
            self._revealed = True
            self._report(*self._doing)

    def _report(self, text, fraction):
        self._doing = (text, fraction)
        if self._revealed:
            self._say(text, fraction)

    def _rest(self):
        self._revealed = False
        self._doing = ("", -1)
        self._say(*self._doing)
