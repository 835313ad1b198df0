"""The page's address: what a link to this moment carries, written after each change."""

from contextlib import contextmanager

from ...figures.captions import class_label
from ...networks.zoo.own import is_own
from ..settings.url_state import ASKED, JUDGED, LOOKED, OF_THE_PAGE, State, own_picture, write
from ..shared.pinned import write_pin
from .tour.pages import BEGINNINGS

# Which of the stepper's traits a control sets; the browser sees to the overlay.
SHOWN_BY = {name: each.name for name, each in LOOKED.items() if each.label and name != "overlay"}

# The stepper's own settings, which a link carries too.
LOOKING = ("quantity", "step", "ranked", "channel", "concept", "telling")
LOOKING += ("limits", "percentile", "pace", "totals")

# And those of the live picture.
LIVING = ("strength", "mirrored", "quick")


class Link:
    """The link to a dashboard's `page`, in its address and its title bar.

    The page says what is `wanted`, which may not be on the screen yet, what only the next answer
    can be `awaited` for, and which unit is `opening`.
    """

    def __init__(self, page):
        self._page = page
        self._changing = 0  # steps within a change that makes one address in the end
        self._place = None  # view and unit of the address

    def write(self, _=None):
        """Put the page's state into its address; a new view or unit is one more step to go back."""
        if self._changing:
            return
        page, state, before = self._page, self.state, self._place
        self._place = (state.view, state.unit)
        with page.header.hold_sync():
            if self._place != before:
                page.header.entries += 1
            page.header.query = write(state, BEGINNINGS)
            page.header.note = self._cannot_travel()

    def _cannot_travel(self):
        page = self._page
        own = ["picture"] if not page.controls["picture"].selected else []
        own += ["network"] if is_own(page.wanted.network) else []
        return f"Your own {' and '.join(own)} cannot travel in it." if own else ""

    @contextmanager
    def one_address(self, another=False):
        """Write the address once, after several changes; as `another` one, or in its place."""
        self._changing += 1
        try:
            yield
        finally:
            self._changing -= 1
            if not another:
                self.stay()
            self.write()

    def stay(self):
        """What is written next takes the last address's place, whatever it shows."""
        state = self.state
        self._place = (state.view, state.unit)

    @property
    def state(self):
        """What a link to this moment carries."""
        page, wanted = self._page, self._page.wanted
        picture = wanted.picture
        asked = {link: getattr(wanted, each.name) for link, each in ASKED.items()} | {
            "picture": own_picture(picture) if isinstance(picture, bytes) else picture,
            "target": self._class_name(wanted.target),
            "other": self._class_name(wanted.other),
        }
        return State(
            **asked,
            **self._place_in_it(wanted),
            blocks=page.controls["rules"].opened,
            overlay=page.stepper.overlay,
            tour=page.tour.number,
            view=page.header.view,
            b=tuple(page.compare.differing.items()) if self._has_compared else None,
            scales=page.compare.widget.scales,
            **self.of_the_page,
            **{name: getattr(page.stepper, name) for name in LOOKING},
            **{name: getattr(page.live.widget, name) for name in LIVING},
            **{name: getattr(page.judge.settings, name) for name in JUDGED},
            **{name: getattr(page.stepper, trait) for name, trait in SHOWN_BY.items()},
        )

    @property
    def of_the_page(self):
        """What stays as the page was opened, wherever else it goes."""
        return {name: getattr(self._page.opened_with, name) for name in OF_THE_PAGE}

    @property
    def _has_compared(self):
        return self._page.compare.is_open or self._page.opened_with.b is not None

    def _place_in_it(self, wanted):
        """The layer, the unit, the marked place and what is unfolded."""
        page = self._page
        if page.awaited is not None:
            return {
                name: getattr(page.awaited, name) for name in ("layer", "unit", "pin", "unfolded")
            }
        if page.leaves(wanted):
            return {"layer": self._layer(), "unit": None, "pin": None, "unfolded": ()}
        return {
            "layer": self._layer(),
            "unit": self._unit(),
            "pin": write_pin(page.stepper.pin, page.explanation),
            "unfolded": tuple(page.stepper.unfolded),
        }

    def _layer(self):
        """The layer looked at, or None for the one that a page begins with.

        A page of the tour may begin with any of them.
        """
        page = self._page
        if page.explanation is None:
            return None
        begins_there = page.stepper.current == page.explanation.layers[0].name
        return None if begins_there and not page.tour.number else page.stepper.current

    def _unit(self):
        """The unit under the microscope, as a link names it; None for none, or the tour's own."""
        page, unit = self._page, self._page.stepper.unit
        if page.opening:
            return page.opening
        if not unit or unit == page.tour.opened:
            return None
        return f"{unit['layer']}:{','.join(map(str, unit['index']))}"

    def _class_name(self, number):
        """A class's name where it says which class is meant, else its number."""
        explanation = self._page.explanation
        names = explanation.network.class_names if explanation else []
        known = isinstance(number, int) and number < len(names)
        return class_label(names, number) if known else number
