"""Ask the session in the background, and show on the stepper what is going on meanwhile."""

import logging
import time

from ..._support import memory
from ..._support.lazy_tensorflow import has_tensorflow
from ..shared.background import Worker
from ..shared.newest_wins import PATIENCE, NewestWins

# Reports of progress come at most this often (seconds).
PAUSE = 0.1

# So long after an answer (seconds) the memory that showing it took is given back: 45 MB for VGG16.
QUIET = 0.5

# TensorFlow is loaded, and the first answer shown, once the page has reached a browser, or after so
# long (seconds): while TensorFlow's libraries load, a kernel answers nothing, and the page would
# wait for it.
FIRST_SIGHT = 15

LOOKING = "Looking at the unit"
STEPPING = "Computing the four steps"
RANKING = "Following each channel to the pixels"
CONCEPT = "Looking for what the channel stands for"
TELLING = "Looking up what the channels tell apart"

log = logging.getLogger(__name__)


class Requests(NewestWins):
    """Sends requests to a session, of which the newest wins, and hands out what comes back.

    `stepper` shows status, progress and fading. `shown(request, explanation)` is called with each
    answer and ends the fading, and `failed(request, sentence)` when there is no answer; both on the
    widgets' own thread.
    `seen`: an Event that is set once a browser shows the page.
    """

    def __init__(self, session, stepper, shown, failed, seen=None):
        super().__init__(Worker())
        self._session = session
        self._stepper = stepper
        self._shown = shown
        self._failed = failed
        self._seen = seen
        self._look = None  # the closer look under way

    def ask(self, request, at_once=False):
        """Answer `request` instead of whatever is being answered.

        `at_once`: say what is going on from the start, as for a download.
        """
        self.stop()
        number = self._newest
        known = self._session.known(request)
        if known is None:
            self._stepper.stale = True
            # What cannot be interrupted, such as TensorFlow's work, is waited for.
            words = "Finishing the answer before" if self._worker.busy else "Starting"
            self._begin(words, 0 if at_once else PATIENCE)
        else:
            self._shown(request, known)
            return
        self._worker.submit(lambda cancel: self._answer(number, request, cancel))

    def unit(self, request, layer, index, show):
        """Call `show(unit)` for a unit of the explanation on the screen, which answers `request`.

        What is being answered comes first; a newer look takes the place of this one, and a newer
        request ends it.
        """

        def ask(cancel):
            return (self._session.unit(request, layer, index, cancel),)

        self._look_closer(ask, show, self._not_looked, LOOKING)

    def steps(self, request, layer, show):
        """Call `show(found, window)` for a layer's four steps, as `unit` does for a unit."""

        def ask(cancel):
            return self._session.steps(request, layer, cancel)

        self._look_closer(ask, show, self._not_stepped, STEPPING)

    def channels(self, request, layer, show):
        """Call `show(found)` for a layer's strongest channels, as `unit` does for a unit."""

        def ask(cancel):
            return (self._session.channels(request, layer, cancel),)

        self._look_closer(ask, show, self._not_ranked, RANKING)

    def concept(self, request, layer, channel, show):
        """Call `show(found)` for what a channel stands for, as `unit` does for a unit."""

        def ask(cancel):
            return (self._session.concept(request, layer, channel, cancel),)

        self._look_closer(ask, show, self._not_found, CONCEPT)

    def telling(self, request, layer, difference, show):
        """Call `show(found)` for the channels that tell (one, other, score) apart."""

        def ask(cancel):
            return (self._session.telling(request, layer, difference, cancel),)

        self._look_closer(ask, show, self._not_told, TELLING)

    def _look_closer(self, ask, show, failed, words):
        number = self._newest
        self._look = look = object()

        def if_still_wanted(function, *arguments):
            if number == self._newest and look is self._look:
                function(*arguments)

        def job(cancel):
            try:
                answer = ask(cancel)
                self._worker.deliver(if_still_wanted, self._looked, show, answer)
            except Exception as error:
                if not cancel.is_set():
                    self._worker.deliver(if_still_wanted, failed, sentence(error))

        self._worker.later(PATIENCE, if_still_wanted, self._say_looking, words)
        self._worker.submit_afterwards(job)

    # In the background

    def _answer(self, number, request, cancel):
        deliver = self._deliverer(number)
        report = self._reporter(deliver)
        if not has_tensorflow():
            self._wait_for_sight()
        try:
            explanation = self._compute(request, report, cancel)
            self._wait_for_sight()
            deliver(self._shown, request, explanation)
            deliver(self._rest)
            self._worker.later(QUIET, self._if_newest, number, memory.give_back)
        except Exception as error:
            if not cancel.is_set():
                deliver(self._fail, request, sentence(error))

    def _compute(self, request, report, cancel):
        return self._session.explain(request, report, cancel)

    def _wait_for_sight(self):
        """Wait until a browser shows the page, in a kernel.

        What an answer brings has parts that the page knows only once it is loaded: a control that
        came before would find them missing.
        """
        if self._seen is not None and self._worker.in_kernel:
            self._seen.wait(FIRST_SIGHT)

    def _reporter(self, deliver):
        last = ("", 0.0)

        def report(text, fraction):
            nonlocal last
            now = time.monotonic()
            if text != last[0] or now - last[1] > PAUSE:
                last = (text, now)
                deliver(self._report, text, fraction)

        return report

    # On the widgets' thread

    def _say_looking(self, words):
        if not self._stepper.status:
            self._stepper.status = words

    def _looked(self, show, answer):
        self._end_look()
        show(*answer)

    def _not_looked(self, sentence):
        self._end_look()
        self._stepper.error = sentence

    def _not_stepped(self, sentence):
        self._stepper.step = ""
        self._not_looked(sentence)

    def _not_ranked(self, sentence):
        self._stepper.ranked = False
        self._not_looked(sentence)

    def _not_found(self, sentence):
        self._stepper.concept = -1
        self._not_looked(sentence)

    def _not_told(self, sentence):
        self._stepper.telling = ""
        self._not_looked(sentence)

    def _end_look(self):
        self._look = None
        if self._stepper.status in (LOOKING, STEPPING, RANKING, CONCEPT, TELLING):
            self._stepper.status = ""

    def _fail(self, request, sentence):
        self.stop()
        self._failed(request, sentence)

    def _say(self, text, fraction):
        self._stepper.status, self._stepper.progress = text, fraction

    def _rest(self):
        super()._rest()
        self._stepper.stale = False


def sentence(error):
    """One sentence for the page; what nobody expected goes to the log in full."""
    if isinstance(error, MemoryError):
        return "There was not enough memory for this; choose a smaller network."
    text = str(error)
    if isinstance(error, ValueError | OSError) and text and "\n" not in text:
        return text
    log.error("Unexpected error while answering a request", exc_info=error)
    return (
        f"Something went wrong that should not have ({type(error).__name__}); "
        "the last good result stays."
    )
