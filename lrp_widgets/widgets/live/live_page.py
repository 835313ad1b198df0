"""The dashboard's "Live": a `Live` that has the page's settings."""

import traitlets

from .live import Live

# Controls about still pictures, or which the live view has in a form of its own.
ASIDE = ("picture", "scale", "overlay")


class LivePage:
    """A `Live` on the dashboard, which asks what the control column asks.

    `stepper` says what is going on while settings change; they take effect with `follow(request)`,
    when a still picture has been explained with them. `open_frame(bytes)` steps through a frozen
    frame.
    """

    def __init__(self, session, stepper, controls, open_frame):
        self.widget = Live(session=session, offered=(), active=False)
        self.widget.layout.display = "none"
        self.widget.open_frame = open_frame
        self._controls = controls
        self._request = None  # the newest one to follow
        for name in ("status", "progress", "cancellable", "error"):
            traitlets.dlink((stepper, name), (self.widget, name))
        traitlets.link((stepper, "cancelled"), (self.widget, "cancelled"))

    def offer_frames(self, offered):
        """Offer to step through a frozen frame, or not."""
        self.widget.opens = offered

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

    def follow(self, request):
        """Ask every further frame what this request asks."""
        self._request = request
        if self.widget.active:  # until then every answer of a slider would wait for it
            self.widget.follow(request)
