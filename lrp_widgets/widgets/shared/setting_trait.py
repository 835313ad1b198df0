"""A setting as a trait that a widget shares with the browser."""

import traitlets


def trait(setting):
    """Return the trait of a `lrp.settings.Setting`: one of its values, or a number in its range."""
    if setting.words:
        made = traitlets.Enum(tuple(setting.words), setting.default)
    else:
        made = traitlets.Float(setting.default, min=setting.least, max=setting.most)
    return made.tag(sync=True)
