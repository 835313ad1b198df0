"""Serve the dashboard with Voilà: the code behind ``lrp-widgets dashboard``."""

import errno
import logging
import os
import socket
import sys
import threading
import webbrowser
from contextlib import suppress

import nbformat
import zmq
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_core.paths import jupyter_config_path
from jupyter_server.services.kernels.handlers import KernelHandler
from jupyter_server.utils import url_path_join
from tornado.netutil import bind_sockets
from traitlets.config import Config
from voila.app import Voila

from .._support.paths import folder, voila_settings_folder
from . import forked_kernels, headers, pages, public, voila_template
from .admission import Admission
from .channels import Channels

_PORTS_TO_TRY = 50
_LAST_PORT = 65535
# The next kernel is heated once this visitor's page is there: until then it takes 3 s of two cores.
_PREHEATING = ("--VoilaConfiguration.preheat_kernel=True", "--VoilaKernelManager.fill_delay=3")
# What a page may ask of its kernel, by the kernel's long random name.
_KERNEL = r"/api/kernels/(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
_EVERYWHERE = ("", "0.0.0.0", "::")


def serve(
    host="127.0.0.1",
    port=8866,
    open_browser=True,
    notebook=None,
    preheat=False,
    max_visitors=None,
    for_public=False,
):
    """Serve the dashboard until Ctrl-C: print its address and open it where there is a display.

    ``host`` "0.0.0.0" lets other machines in. A taken ``port`` is replaced by the next free one;
    0 takes any. ``notebook`` is another notebook to serve in the dashboard's place. ``preheat``
    keeps one kernel ready that has TensorFlow, a network and the first map for the next visitor.
    ``max_visitors`` is how many may be here at once; None takes as many as the free memory holds.
    ``for_public`` sets the limits of a server that anybody can reach: see `public`.

    Raises FileNotFoundError where the notebook is missing, ValueError for a number that is no port
    or a setting in the environment that cannot be, OSError where nothing can be served at that
    address or the page's template is missing.
    """
    notebook = folder("notebooks") / "dashboard.ipynb" if notebook is None else notebook
    if not os.path.isfile(notebook):
        raise FileNotFoundError(f"There is no notebook {notebook} to serve.")
    voila_template.paths()  # raises where there is none
    if for_public:
        public.set_limits()
    headers.frame_ancestors()  # raises where it is none
    public.kernel_limits()
    free = free_port(host, port)
    if port not in (0, free):
        print(f"Port {port} is taken; serving on port {free} instead.", flush=True)
    # Kernels of the Python that runs this, also where a user has installed others for Jupyter.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    arguments = _voila_arguments(notebook, host, free, preheat)
    if for_public:
        # A kernel that dies is not started again: the new one would know nothing of its page.
        arguments.append("--KernelManager.autorestart=False")
    # Jupyter hands tornado milliseconds for seconds, about which tornado complains at every start.
    logging.getLogger("tornado.general").setLevel(logging.ERROR)
    _Server.wants_browser, _Server.max_visitors = open_browser and has_display(), max_visitors
    _Server.for_public = for_public
    forked_kernels.offer()
    os.environ.setdefault(forked_kernels.WISH, "1")  # for kernels that are started before a page
    if not _Server.wants_browser:
        forked_kernels.begin()
    _load_what_every_visit_needs()
    hook = Config(VoilaConfiguration={"page_config_hook": voila_template.page_config})
    with suppress(KeyboardInterrupt):
        _Server.launch_instance([*arguments, "--Voila.log_level=ERROR"], config=hook)


def _load_what_every_visit_needs():
    """Load now what Voilà would load during the first visit: nearly a second of it."""
    KernelSpecManager().get_all_specs()  # imports IPython
    for relaxed in (False, True):  # each makes a validator, which stays
        nbformat.validate(nbformat.v4.new_notebook(), relax_add_props=relaxed)


def _voila_arguments(notebook, host, port, preheat=False):
    """Return Voilà's command line for a notebook, with ``voila.json`` read wherever we are."""
    return [
        os.path.abspath(notebook),
        *(
            f"--Voila.config_file_paths={path}"
            for path in (voila_settings_folder(), *jupyter_config_path())
        ),
        f"--Voila.ip={host}",
        f"--Voila.port={port}",
        "--Voila.port_retries=0",
        # Otherwise every visit writes a warning about plain text between server and kernel.
        *(["--KernelManager.transport_encryption=auto"] if zmq.has("curve") else []),
        *(_PREHEATING if preheat else []),
    ]


def free_port(host, port):
    """Return ``port`` where it is free at ``host``, otherwise the next free one (for 0, any)."""
    if not 0 <= port <= _LAST_PORT:
        raise ValueError(f"A port is a number from 0 to {_LAST_PORT}, not {port}.")
    last = min(port + _PORTS_TO_TRY, _LAST_PORT)
    for candidate in range(port, last + 1):
        try:
            sockets = bind_sockets(candidate, host)
        except socket.gaierror as error:
            raise OSError(f"{host}:{candidate} is no address that this machine has.") from error
        except PermissionError as error:
            raise OSError(
                f"Port {candidate} needs an administrator's rights; choose one above 1023."
            ) from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise OSError(f"Nothing can be served at {host}:{candidate}: {error}.") from error
            continue
        taken = sockets[0].getsockname()[1]
        for each in sockets:
            each.close()
        return taken
    raise OSError(f"The ports {port} to {last} are all taken; name another.")


def has_display():
    """Whether a browser opened here would be seen (and not be a text browser in this terminal)."""
    if os.environ.get("SSH_CONNECTION"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class _KernelState(KernelHandler):
    """Tells a page of its kernel; a page ends it by its last message, which carries a token."""

    SUPPORTED_METHODS = ("GET",)


class _Server(Voila):
    """Voilà with the lessons beside the dashboard, and its address in one line.

    Not a Jupyter server with Voilà's extension: that one would also let every visitor run code,
    and heats no kernel. Both serve the same pages through the same handlers.
    """

    wants_browser = False
    max_visitors = None
    for_public = False

    def init_handlers(self):
        """Voilà serves either one notebook or a folder to browse: here the one, and its siblings.

        They have the addresses that a Jupyter server's Voilà gives them, so that the same links
        work in both; there is no listing, and nothing from other folders.
        """
        settings = {
            "config": self.config,
            "template_paths": self.template_paths,
            "voila_configuration": self.voila_configuration,
        }
        self.app.add_transform(headers.OnEveryAnswer)
        if self.for_public:
            self.app.settings["websocket_max_message_size"] = public.largest_message()
        admission = Admission(self.kernel_manager, self.max_visitors)
        notebook = {"notebook_path": os.path.relpath(self.notebook_path, self.root_dir)}
        kernel = url_path_join(self.server_url, _KERNEL)
        channels = (public.LimitedChannels, {"flows": {}}) if self.for_public else (Channels,)
        return [
            (kernel, _KernelState),
            (f"{kernel}/channels", *channels),
            (self.server_url, pages.Page, settings | notebook | {"admission": admission}),
            *pages.handlers(self.server_url, "", settings, admission),
            *super().init_handlers(),
        ]

    def launch_browser(self):
        """Called by Voilà once it listens: say where, and open that where it can be seen."""
        everywhere = self.ip in _EVERYWHERE
        address = f"http://{'127.0.0.1' if everywhere else self.ip}:{self.port}/"
        others = f", from other machines http://{socket.gethostname()}:{self.port}/"
        print(f"The dashboard is at {address}{others if everywhere else ''} (Ctrl-C ends it)")
        sys.stdout.flush()
        if self.wants_browser:
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
