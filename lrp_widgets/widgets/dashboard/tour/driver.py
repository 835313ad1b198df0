"""Drive the dashboard from page to page of the tour, and see what the learner does there."""

import re
from dataclasses import replace

from ipywidgets import Box, Button

from .measures import Moment
from .pages import FACTS, PAGES
from .text import to_html
from .tour import TourPanel

WATCHED = ("current", "quantity", "view", "unit")


class TourDriver:
    """The tour of a dashboard: its `panel`, and its `bar` of buttons for the title bar.

    `number` is the open page, 0 for none. The dashboard calls `shown` with every result, and
    `follow_link` where its address names a page. Learners find the way back to their own settings
    in the title bar once they have left.
    """

    def __init__(self, dashboard):
        self.number = 0
        self.panel = TourPanel()
        self.button = Button(tooltip=f"A guided tour in {len(PAGES)} short pages")
        self.back = Button(
            description="Back to where you were",
            tooltip="Your own settings, as they were before the tour",
        )
        self.bar = Box([self.back, self.button])
        self.bar.add_class("lrp-tour-bar")
        self.button.add_class("lrp-tour-button")
        self.back.add_class("lrp-tour-back")
        self._dashboard = dashboard
        self._stepper = dashboard.stepper
        self._page = None
        self._opened = {}  # the unit that the page itself has opened
        self._resume_at = 1
        self._done = set()  # numbers of the pages whose tasks are done
        self._before = None  # the learner's own state
        self._left = None  # the state in which the tour was left

        self.panel.turn, self.panel.leave = self.open, self.leave
        self.panel.answer, self.panel.show_me = self._choose, self._show_me
        self.button.on_click(lambda _: self.leave() if self.number else self.open(self._resume_at))
        self.back.on_click(lambda _: self._go_back())
        self._stepper.observe(self._look, names=list(WATCHED))
        self._write_buttons()

    # From page to page

    def open(self, number):
        """Open a page, from 1 on: set its state and say its words; beyond the last one, leave."""
        if number > len(PAGES):
            self._resume_at = 1
            self.leave()
            return
        if not self.number:
            here = self._here()
            if here != self._left:
                self._before = here
        self._turn_to(max(1, number))
        self._dashboard.go(self._page.state)

    def is_about(self, view):
        """Whether no page is open, or one about this view."""
        return self._page is None or self._page.state.view == view

    def follow_link(self, number):
        """Open a page without setting its state, which the address has set already."""
        self._turn_to(number)

    def leave(self):
        """Close the tour where it is; the button resumes it."""
        if not self.number:
            return
        self.number, self._page = 0, None
        self._left = self._here()
        self._dashboard.remove_class("lrp-touring")
        self.panel.page = {}
        self._write_buttons()

    def _turn_to(self, number):
        self.number, self._page = number, PAGES[number - 1]
        self._resume_at = number
        self._arrived = self._asked = self._showing = self._answered = False
        self._says, self._right, self._chosen = "", False, None
        self._moment, self._begun_with = None, None
        self._opened, self._last, self._unit = {}, {}, {}
        if self._page.task is None:
            self._done.add(number)
        self._dashboard.add_class("lrp-touring")
        self._write_buttons()
        self._draw()

    def _go_back(self):
        """Show again what the learner had on the screen before the tour."""
        before, self._before = self._before, None
        self._write_buttons()
        self._dashboard.go(before)

    def _here(self):
        """The learner's state, without the tour; an uploaded picture included."""
        picture = self._dashboard.controls["picture"].picture
        return replace(self._dashboard.state, picture=picture, tour=0)

    def _write_buttons(self):
        open_, at = bool(self.number), self._resume_at
        resume = f"Resume tour · {at} of {len(PAGES)}" if at > 1 else "Start here"
        self.button.description = "Leave the tour" if open_ else resume
        offered = not open_ and self._before is not None and self._before != self._left
        self.back.layout.display = None if offered else "none"

    # What the dashboard shows

    @property
    def opened(self):
        """The unit that the open page put under the microscope by itself; {} for none."""
        return self._opened if self.number else {}

    def shown(self):
        """There is another result on the screen."""
        if not self.number:
            return
        if not self._arrived:
            self._arrived = True
            if self._is_at_beginning():
                self._begun_with = self._stepper.explanation
            if self._page.opens:
                self._stepper.look(*self._page.opens(self._now()))
        elif self._asked and not self._answered:
            self._judge()
        self._draw()

    def judged(self):
        """ "Judge" shows other curves, or the picture taken apart further."""
        if not self.number or not self._arrived or self._page.state.view != "judge":
            return
        if not self._answered:
            self._judge()
        if self._showing and not self._answered and self._now().judged:
            self._show_a_step()

    def _look(self, change):
        """The learner, or this tour, did something on the stepper."""
        if not self.number or not self._arrived:
            return
        if change["name"] == "unit":
            self._last, self._unit = self._unit, change["new"]
            if self._page.opens and not self._opened:
                self._opened = change["new"]
                self._draw()
        task = self._page.task
        if task and not task.choices and not self._answered:
            self._judge()

    def _is_at_beginning(self):
        """Whether the result is the one that the page's own state asks for."""
        page, here = self._page.state, self._dashboard.state
        asking = ("picture", "network", "weights", "pooling", "explain")
        return all(getattr(page, name) == getattr(here, name) for name in asking)

    def _now(self):
        picture = self._dashboard.controls["picture"].picture
        return Moment(
            self._stepper.explanation,
            self._stepper.current,
            self._stepper.quantity,
            self._stepper.view,
            self._unit,
            picture if isinstance(picture, str) else "",
            self._begun_with,
            self._opened,
            self._last,
            self._dashboard.judge.shown,
        )

    # Tasks

    @property
    def _ready(self):
        """Whether the page's state is on the screen, the unit that it opens included."""
        return self._arrived and (self._page.opens is None or bool(self._opened))

    def _choose(self, choice):
        task = self._page.task
        if not self._ready or self._answered or task is None or choice not in self._choices():
            return
        if self._page.state.layer in self._stepper.explanation.totals:
            self._stepper.current = self._page.state.layer  # of which the question is
        self._chosen = choice
        if task.reveal is None:
            self._judge()
        else:
            self._reveal()

    def _show_me(self):
        """Do what the page asks for; a prediction is shown without one."""
        task = self._page.task
        if not self._ready or self._answered or task is None:
            return
        self._showing = True
        if task.reveal:
            self._reveal()
        elif task.choices:
            right = (c for c in self._choices() if task.check(self._now(), c).right)
            self._choose(next(right))
        else:
            self._show_a_step()

    def _reveal(self):
        if self._begun_with is None:  # the link came to another state
            self._chosen, self._showing, self._arrived = None, False, False
            self._says = "These are other settings than the page’s; now it begins anew."
            self._dashboard.go(self._page.state)
        else:
            self._asked = True
            changes = self._page.task.reveal(self._now())
            self._dashboard.go(replace(self._page.state, **changes))

    def _show_a_step(self):
        self._asked = True
        step = self._page.task.show(self._now())
        if isinstance(step, dict):
            self._dashboard.go(replace(self._page.state, **step))
        else:
            self._stepper.look(*step)

    def _judge(self):
        task = self._page.task
        verdict = task.check(self._now(), self._chosen)
        if verdict is None:
            return
        self._says, self._right = verdict.says, verdict.right
        if verdict.right or task.reveal:
            self._done.add(self.number)
            self._answered, self._showing = True, False
        elif self._showing and not task.choices:
            self._says = ""
            self._show_a_step()
        elif task.again:
            self._try_again()
        self._draw()

    def _try_again(self):
        if self._opened:
            self._stepper.look(self._opened["layer"], self._opened["index"])
        else:
            self._stepper.leave()

    def _choices(self):
        choices = self._page.task.choices
        return choices(self._now()) if callable(choices) else choices

    # The panel

    def _draw(self):
        page, task = self._page, self._page.task
        part = (self._answered and page.then) or page.part
        says = f"{self._says} {page.after}" if self._answered else self._says
        self.panel.page = {
            "number": self.number,
            "titles": [each.title for each in PAGES],
            "done": sorted(self._done),
            "text": to_html(self._with_facts(page.text)),
            "part": part,
            "ready": self._ready,
            "asks": to_html(task.asks) if task else "",
            "choices": list(self._choices()) if task and self._arrived else [],
            "chosen": self._chosen or "",
            "answered": self._answered,
            "may_go_on": task is None or self.number in self._done,
            "says": to_html(self._with_facts(says)),
            "right": self._right,
        }

    def _with_facts(self, text):
        moment = self._now() if self._arrived else None
        return re.sub("«(.+?)»", lambda found: FACTS[found[1]](moment) if moment else "…", text)
