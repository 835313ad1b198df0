"""The dashboard's "Judge": it judges the map on the screen."""

from dataclasses import asdict

import traitlets

from ...lrp.judging import Judging
from .judge import Judge
from .judge_work import ASKED, SHOWN, JudgeWork

# Controls that change nothing here.
ASIDE = ("channels", "scale", "overlay")


class JudgePage:
    """A `Judge` that follows the dashboard.

    The widget is made when the page is opened: it draws with a large library, which no other view
    loads. `stepper` says when another map is on its way; `changed()` is called when a link would
    carry something else.
    """

    def __init__(self, session, stepper, controls, changed):
        self._session = session
        self._stepper = stepper
        self._controls = controls
        self._changed = changed
        self._widget = self._work = None
        self._first = None  # the request and the explanation on the screen
        self._locked = False
        self.settings = Judging()
        stepper.observe(self._stale, names="stale")

    @property
    def widget(self):
        """What is on the page."""
        if self._widget is None:
            self._widget = widget = Judge(locked=self._locked, **asdict(self.settings))
            widget.layout.display = "none"
            widget.add_class("lrp-judging-view")
            self._work = JudgeWork(self._session, widget, self._changed)
            widget.observe(self._ask_anew, names=list(ASKED))
            widget.observe(self._keep, names=list(SHOWN))
            traitlets.link((self._controls["colours"], "value"), (widget, "colormap"))
        return self._widget

    @property
    def is_open(self):
        """Whether the page shows it."""
        return self._widget is not None and self._widget.layout.display != "none"

    def wait(self, timeout=None):
        """Wait until all is computed; return whether it came within `timeout` seconds."""
        return self._work is None or self._work.wait(timeout)

    def set(self, settings):
        """Put settings in place, as a link has them."""
        self.settings = settings
        if self._widget is not None:
            with self._widget.hold_trait_notifications():
                for name, value in asdict(settings).items():
                    setattr(self._widget, name, value)

    def lock(self, locked):
        """Let nothing be chosen, or let it be."""
        self._locked = locked
        if self._widget is not None:
            self._widget.locked = locked

    def open(self):
        """Put it on the page, and judge what is on the screen."""
        self.widget.layout.display = None
        self._controls.set_aside(ASIDE)
        self._ask()

    def close(self):
        """Take it off the page, and end what is being computed."""
        if self.is_open:
            self._widget.layout.display = "none"
            self._controls.set_aside(())
            self._work.stop()

    def follow(self, request, explanation):
        """Judge another map."""
        if self._first is not None and self._first[1] is not explanation and self.is_open:
            self.widget.replaced = 0
        self._first = (request, explanation)
        if self.is_open:
            self._ask()

    def _stale(self, change):
        """Another map is on its way: nobody waits for the curves of this one."""
        if change["new"] and self.is_open:
            self._work.stop()
            self.widget.stale = True

    def _ask_anew(self, _):
        self._keep()
        self._ask()

    def _keep(self, _=None):
        self.settings = self._work.settings
        self._changed()

    def _ask(self):
        if self._first is not None and self.is_open and not self._stepper.stale:
            self._work.judge(*self._first)

    @property
    def shown(self):
        """{"count", "replaced", "lost_after", "by_chance"}: patches, and after how many of them the
        network says another class, the most relevant first and in random order; None: never.

        {} while there are no curves of both.
        """
        found = self._work.found if self.is_open else {}
        most, random = found.get(("a", "morf")), found.get(("random", "random"))
        if most is None or random is None:
            return {}
        return {
            "count": len(most.replaced),
            "replaced": self.settings.replaced,
            "lost_after": most.lost_after,
            "by_chance": random.lost_after,
        }

    # What can be taken home

    def code(self, picture):
        """Return the Python that computes the curves; "" where no code can say it."""
        return "" if self._work is None else self._work.code(picture)

    def csv(self):
        """Return the curves as a CSV file: one line a point. ValueError where there are none."""
        self.widget  # noqa: B018  (before it is opened there are none)
        return self._work.csv()

    def caption(self):
        """Return the line under a picture of it: how the picture was taken apart."""
        return "" if self._work is None else self._work.caption()
