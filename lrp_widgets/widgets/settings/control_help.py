"""One line below the controls that explains the one under the pointer or the keyboard's focus."""

import anywidget
import traitlets

from ..shared.built import built


class ControlHelp(anywidget.AnyWidget):
    """The explanations of the controls beside it: `texts` and `labels` by the control's name.

    A control called "pooling" carries the class ``lrp-control-pooling``. Sliders and toggle
    buttons of ipywidgets tell a screen reader neither their label nor which one is on: this
    widget sees to that too.
    """

    _esm = built("settings/control_help.js")

    texts = traitlets.Dict().tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)

    def __init__(self, texts, labels):
        super().__init__(texts=texts, labels=labels)
