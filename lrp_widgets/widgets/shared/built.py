"""Where the JavaScript and the styles of a widget lie once they are built."""

from pathlib import Path

FOLDER = Path(__file__).parent.parent / "built"


def built(name, folder=FOLDER):
    """Return the path of a built file: "stepper/stepper.js" of the widget in that module.

    A path, so that anywidget can watch it (`make watch`). Raises FileNotFoundError where it is
    missing.
    """
    path = folder / name
    if not path.is_file():
        raise FileNotFoundError(
            f"The widgets' JavaScript is not built: {path} is missing; in a clone of the "
            "repository `make built` makes it, or `python tools/build_widgets.py`."
        )
    return path
