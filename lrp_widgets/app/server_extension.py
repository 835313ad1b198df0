"""What a Jupyter server, such as Binder's, is told where the package is installed.

Its Voilà then serves our notebooks as `lrp-widgets dashboard` does: with our settings, and with our
page while a kernel starts, which asks no other host. Other notebooks stay Voilà's; only that the
kernel of a page that is left ends with it, and that a page may ask for its kernel's pulse, goes for
all.
"""

import re
from pathlib import Path
from urllib.parse import quote

from jupyter_server.utils import url_path_join
from traitlets.config import JSONFileConfigLoader
from voila.configuration import VoilaConfiguration
from voila.paths import collect_static_paths, collect_template_paths
from voila.tornado.handler import TornadoVoilaHandler

from .._support.paths import folder, voila_settings_folder
from . import pulse, shutdown_handler, voila_template
from .guide_page import GuidePage

_PARTS = ["voila", "nbconvert"]


def _jupyter_server_extension_points():
    return [{"module": "lrp_widgets.app.server_extension"}]


def _load_jupyter_server_extension(server):
    """Called by a Jupyter server, in the order of the extensions' names: before Voilà."""
    base_url = server.web_app.settings["base_url"]
    handlers = [
        shutdown_handler.handler(base_url),
        pulse.handler(base_url),
        *_pages(server, base_url),
    ]
    server.web_app.add_handlers(".*$", handlers)


def _pages(server, base_url):
    """The handlers of our notebooks and the guide, where they lie in the folder that is served."""
    notebooks, root = folder("notebooks"), Path(server.root_dir).resolve()
    if not notebooks.is_relative_to(root):
        return []
    settings = VoilaConfiguration(
        parent=server,
        config=JSONFileConfigLoader("voila.json", str(voila_settings_folder())).load_config(),
    )
    settings.page_config_hook = _without_mathjax
    waiting = voila_template.write(server, collect_static_paths(_PARTS, settings.template))
    arguments = {
        "config": server.config,
        "template_paths": [waiting, *collect_template_paths(_PARTS, settings.template)],
        "voila_configuration": settings,
    }
    below = "".join(f"{quote(part)}/" for part in notebooks.relative_to(root).parts)
    pages = url_path_join(base_url, "voila/render")
    return [
        (
            url_path_join(pages, rf"({re.escape(below)}[^/]+\.ipynb)"),
            TornadoVoilaHandler,
            arguments,
        ),
        (url_path_join(pages, re.escape(below + GuidePage.name)), GuidePage),
    ]


def _without_mathjax(page, **_):
    """Voilà's settings for the page: our equations are MathML, and MathJax is on another host."""
    return page | {"fullMathjaxUrl": None, "mathjaxConfig": None}
