"""Our Voilà template, `share/jupyter/voila/templates/lrp`, and what it is given.

It shows our words while a kernel starts, asks nothing of other hosts, and has the browser fetch
Voilà's scripts meanwhile. Voilà asks for them only once the kernel has answered; fetched before,
they save a visitor about a second.
"""

import re
from functools import cache
from pathlib import Path

from voila.paths import collect_static_paths, collect_template_paths

NAME = "lrp"
_APPLICATIONS = ["voila", "nbconvert"]
# How webpack's modules ask for the file of a number, as in `r.e(8211)`.
_ASKED_FOR = re.compile(r"\b\w\.e\((\d+)\)")


def paths():
    """Return the folders that Voilà looks for templates in, ours first.

    Raises FileNotFoundError where the template is not installed.
    """
    found = collect_template_paths(_APPLICATIONS, NAME, prune=True)
    if not Path(found[0], "conf.json").is_file():
        raise FileNotFoundError(
            f"The page's Voilà template {NAME!r} is not installed beside this Python; "
            "`pip install lrp-widgets` installs it (`pip install -e .` in a clone)."
        )
    return found


def page_config(page, **_):
    """Voilà's `page_config_hook`: return the settings of a page that Voilà gives, with ours.

    Our equations are MathML, and MathJax would come from another host. `classroom` tells the page
    that its server has rooms for a class.
    """
    scripts = [f"{page['fullStaticUrl']}/{name}" for name in voila_scripts()]
    extensions = [
        f"{page['fullLabextensionsUrl']}/{extension['name']}/{extension['load']}"
        for extension in page["federated_extensions"]
    ]
    ours = {"fullMathjaxUrl": None, "mathjaxConfig": None, "classroom": True}
    return page | ours | {"preloadedScripts": scripts + extensions}


@cache
def voila_scripts():
    """Return the names of Voilà's entry script and of the scripts that it asks for first.

    They are read from the entry as it is installed. Numbers without a file belong to extensions.
    """
    folders = map(Path, collect_static_paths(_APPLICATIONS, NAME))
    folder = next(path for path in folders if (path / "voila.js").is_file())
    numbers = _ASKED_FOR.findall((folder / "voila.js").read_text("utf-8"))
    names = [f"{number}.voila.js" for number in dict.fromkeys(numbers)]
    return ["voila.js", *(name for name in names if (folder / name).is_file())]
