"""What a Jupyter server, such as Binder's, is told where the package is installed.

Its Voilà then serves our notebooks as `lrp-widgets dashboard` does: the same handlers, settings and
template. Other notebooks stay Voilà's; only a kernel's pulse may be asked for by any page. Kernels
of our pages are forked once a first one has been opened (`forked_kernels`); no others are.

Where the server shows a folder above our notebooks, as Binder's does, their pages are at their own
addresses (voila/render/notebooks/…); elsewhere, as on a hub whose users have homes, at
voila/render/lrp_widgets/….
"""

import os
import re
from pathlib import Path
from urllib.parse import quote

from jupyter_server.services.contents.largefilemanager import LargeFileManager
from traitlets.config import JSONFileConfigLoader
from voila.configuration import VoilaConfiguration

from .._support.paths import folder, voila_settings_folder
from ..lrp.settings import whole_number
from . import forked_kernels, pages, voila_template
from .admission import Admission


def _jupyter_server_extension_points():
    return [{"module": "lrp_widgets.app.server_extension"}]


def _load_jupyter_server_extension(server):
    """Called by a Jupyter server, in the order of the extensions' names: before Voilà."""
    server.web_app.add_handlers(".*$", _handlers(server))
    forked_kernels.offer(server)


def _handlers(server):
    base_url = server.web_app.settings["base_url"]
    notebooks, root = folder("notebooks"), Path(server.root_dir).resolve()
    configuration = VoilaConfiguration(
        parent=server,
        config=JSONFileConfigLoader("voila.json", str(voila_settings_folder())).load_config(),
        page_config_hook=voila_template.page_config,
    )
    settings = {
        "config": server.config,
        "template_paths": voila_template.paths(),
        "voila_configuration": configuration,
    }
    admission = Admission(server.kernel_manager, _max_visitors())
    if notebooks.is_relative_to(root):
        below = "".join(f"{quote(part)}/" for part in notebooks.relative_to(root).parts)
        return pages.handlers(base_url, re.escape(below), settings, admission)
    settings["contents"] = LargeFileManager(root_dir=str(notebooks))
    return pages.handlers(base_url, "", settings, admission, above="lrp_widgets/")


def _max_visitors():
    text = os.environ.get("LRP_WIDGETS_MAX_VISITORS")
    try:
        return whole_number(1, 10_000)(text) if text else None
    except ValueError as error:
        raise ValueError(f"LRP_WIDGETS_MAX_VISITORS={text!r} cannot be: {error}.") from None
