"""What a visitor's page shows while a kernel starts, and what the browser fetches meanwhile.

Voilà's own scripts are some 90 files, which it asks for only once the kernel has answered; fetched
while that one starts, they save a visitor about a second. And it asks for two style sheets of
another host, without which this page does.
"""

import json
import shutil
import tempfile
import weakref
from pathlib import Path

from jupyter_core.paths import jupyter_path

_FOLDER = Path(__file__).parent / "waiting"
MACRO = "spinner.macro.html.j2"
PAGE = "index.html.j2"


def write(server, static_paths):
    """Write the page's templates into a folder, which Voilà is to look into first; return its path.

    The folder goes with the `server`. `static_paths`: those that Voilà serves its scripts from. The
    list of scripts is that of the version that we tested; those that another one does not have are
    left out.
    """
    folder = tempfile.TemporaryDirectory(prefix="lrp-widgets-")
    weakref.finalize(server, folder.cleanup)
    text = (_FOLDER / MACRO).read_text("utf-8")
    (Path(folder.name) / MACRO).write_text(
        text.replace("@SCRIPTS@", json.dumps(scripts(static_paths))), "utf-8"
    )
    shutil.copy(_FOLDER / PAGE, folder.name)
    return folder.name


def scripts(static_paths):
    """The addresses of Voilà's and the widgets' scripts, as far as they are installed."""
    served = {
        "voila/static/": [Path(path) for path in static_paths],
        "voila/labextensions/": [Path(path) for path in jupyter_path("labextensions")],
    }
    names = (_FOLDER / "scripts.txt").read_text("utf-8").split()
    return [
        name
        for name in names
        for prefix, folders in served.items()
        if name.startswith(prefix)
        and any((path / name.removeprefix(prefix)).is_file() for path in folders)
    ]
