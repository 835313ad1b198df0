"""Limits that a host sets through the environment, so that kernels have them too.

LRP_WIDGETS_MAX_PIXELS=20e6 LRP_WIDGETS_MAX_BYTES=5e6 lrp-widgets dashboard
"""

import os

from .checks import shown


def host_limit(name, default=None, least=1):
    """Return the number that the variable `name` sets, as in "20e6", or `default`.

    Raises ValueError, one sentence, where it is no number of at least `least`.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = int(float(text))
    except (ValueError, OverflowError):
        value = least - 1
    if value < least:
        raise ValueError(f"{name} must be a number of at least {least}; it is {shown(text)}.")
    return value


def named_files_allowed():
    """Raise ValueError where the host forbids to open a file by its name: LRP_WIDGETS_FILES=0.

    On a server that anybody can reach a name from the browser could be that of any file.
    """
    if not host_limit("LRP_WIDGETS_FILES", default=1, least=0):
        raise ValueError("This server opens no file by its name; send the picture itself.")
