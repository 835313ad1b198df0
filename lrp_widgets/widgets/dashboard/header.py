"""The page's title bar, with the button that copies a link to exactly this state."""

import anywidget
import traitlets

from ..shared.built import built


class Header(anywidget.AnyWidget):
    """Title, the views as tabs, "Class", and "Copy link".

    `views` are triples of name, label and explanation, and `view` is the name of the present one.

    `query` is the state as an address's query string, `note` what such a link cannot carry.
    The address in front of it is the page's own under Voilà; in JupyterLab it is that of the same
    notebook rendered by the server's Voilà, `notebook` where the page's address does not name one.

    Under Voilà the page's own address follows `query`: a new entry of the browser's history where
    `entries` has grown with it, else in the place of the last one. When a person goes back or
    forward, `travel(query)`, replaced by whoever owns the state, is called; the address waits for
    it. `class_is_open`: whether the class's card is shown; where the server has no rooms, there is
    no such button.
    """

    _esm = built("dashboard/header.js")
    _css = built("dashboard/header.css")

    views = traitlets.List().tag(sync=True)
    view = traitlets.Unicode("").tag(sync=True)
    query = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    entries = traitlets.Int(0, help="counts the steps into another view").tag(sync=True)
    travelled = traitlets.Int(0, help="counts those back and forward that are done").tag(sync=True)
    class_is_open = traitlets.Bool(False).tag(sync=True)
    notebook = traitlets.Unicode("notebooks/dashboard.ipynb").tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**traits)
        self.travel = lambda _query: None
        self.on_msg(self._follow)

    def _follow(self, _widget, message, _buffers):
        match message:
            case {"type": "travel", "query": str(query), "number": int(number)}:
                with self.hold_sync():
                    self.travelled = number
                    self.travel(query)
