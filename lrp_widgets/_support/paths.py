"""Where the files lie that travel with the package, and those that it fetches."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_CARRIED = ("images", "notebooks")


def _base():
    """Where images/, notebooks/ and voila.json lie: a checkout's root, otherwise the package."""
    checkout = _PACKAGE.parent
    return checkout if (checkout / "pyproject.toml").is_file() else _PACKAGE


def folder(name):
    """Return the folder "images" or "notebooks", in a checkout and after ``pip install``.

    Raises ValueError for another name, FileNotFoundError where the installation lacks the folder.
    """
    if name not in _CARRIED:
        raise ValueError(f"The package carries the folders {' and '.join(_CARRIED)}, not {name!r}.")
    path = _base() / name
    if not path.is_dir():
        raise FileNotFoundError(f"The folder {path} is missing: install lrp-widgets again.")
    return path


def voila_settings_folder():
    """Return the folder of ``voila.json``, the one place where Voilà's settings are written."""
    return _base()


def cache_folder():
    """Return the folder for fetched files, made on need.

    ``LRP_WIDGETS_CACHE`` names it; otherwise it is the platform's cache folder of this user.
    """
    named = os.environ.get("LRP_WIDGETS_CACHE")
    if named:
        path = Path(named).expanduser()
    else:
        import pooch

        path = Path(pooch.os_cache("lrp_widgets"))
    path.mkdir(parents=True, exist_ok=True)
    return path
