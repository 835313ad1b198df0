"""The dashboard's "Live": a `Live` that has the page's settings."""

import traitlets

from .live import Live

# Controls about still pictures, or which the live view has in a form of its own.
ASIDE = ("picture", "scale", "overlay")


class LivePage:
    """A `Live` on the dashboard, which asks what the control column asks.

    `stepper` says what is going on while settings change; they take effect with `follow`,
    when a still picture has been explained with them. `open_frame(bytes)` steps through a frozen
    frame.
    """

    def __init__(self, session, stepper, controls, open_frame):
        self.widget = Live(session=session, offered=(), active=False)
        self.widget.layout.display = "none"
        self.widget.open_frame = open_frame
        self._controls = controls
        self._request = None  # the newest one to follow
        self._locked = self._hidden = False  # whether no picture can be chosen
        for name in ("status", "progress", "cancellable", "error"):
            traitlets.dlink((stepper, name), (self.widget, name))
        traitlets.link((stepper, "cancelled"), (self.widget, "cancelled"))

    def hide(self, names):
        """Offer no frame to step through where the control "picture" is hidden."""
        self._hidden = "picture" in names
        self._offer_frames()

    def lock(self, locked):
        """Let nothing be chosen, or let it be."""
        self._locked = locked
        self._offer_frames()

    def _offer_frames(self):
        self.widget.opens = not (self._locked or self._hidden)

    def wait(self, timeout=None):
        """Wait for the frame under way; return whether it was done within `timeout` seconds."""
        return self.widget.wait(timeout)

    def open(self):
        """Put it on the page; the camera waits for a click."""
        self.widget.layout.display = None
        self.widget.active = True
        if self._request is not None:
            self.widget.follow(self._request)
        self._controls.set_aside(ASIDE)

    def close(self):
        """Take it off the page, and end the camera."""
        self.widget.layout.display = "none"
        self.widget.active = False
        self._controls.set_aside(())

    def follow(self, request, _explanation):
        """Ask every further frame what this request asks."""
        self._request = request
        if self.widget.active:  # until then every answer of a slider would wait for it
            self.widget.follow(request)
