"""Kernels that are forked from a process which has imported everything, on Linux.

A kernel that starts from nothing imports TensorFlow and the rest anew for each visitor. Here one
process, Python's fork server, imports them once, and a visitor's kernel is a fork of it: 0.5 s of
processor time until the first map instead of 3.4 s, and 80 MB of its own instead of 207 MB.

TensorFlow may be forked as long as it has computed nothing, for its threads begin with its first
operation. So the fork server imports, and nothing else.

Forked is a kernel that asks for it in its environment (`WISH`), as those of our pages do. Under a
Jupyter server a notebook in JupyterLab and other people's pages get a fresh interpreter, as usual.
"""

import asyncio
import atexit
import multiprocessing
import os
import select
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import ModuleType

import psutil
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

# "1" in a kernel's environment: fork it. "0" in the server's: fork none.
WISH = "LRP_WIDGETS_FORK"
_NAME = "lrp-forked"  # an entry point of pyproject.toml
_USUAL = "local-provisioner"
_IMPORTS = "lrp_widgets.app.forked_imports"

_LOOK = 4  # seconds from one look at a first kernel to the next
_RESTING = 0.03  # of a core; a kernel that is waited for takes more even on a busy machine

_forks = multiprocessing.get_context("forkserver") if sys.platform == "linux" else None
# The first fork waits until all is imported; a thread waits, so that the server goes on.
_forking = ThreadPoolExecutor(1, thread_name_prefix="lrp-forking")
_began, _imported = threading.Event(), threading.Event()


def offer(server=None):
    """Have kernels forked that ask for it, from when `begin` is called on; until then none is.

    server: the application whose settings count. Where they name another way to start kernels, as
    on other machines, it stays.
    """
    factory = KernelProvisionerFactory.instance(parent=server)
    if factory.default_provisioner_name == _USUAL:
        factory.default_provisioner_name = _NAME


def begin():
    """Start the fork server, which begins to import; where there is no forking, do nothing."""
    if _forks is not None and not _began.is_set() and os.environ.get(WISH) != "0":
        _began.set()
        _forks.set_forkserver_preload([_IMPORTS])
        _forking.submit(_fork, _do_nothing).add_done_callback(lambda _: _imported.set())


def is_importing():
    """Whether the fork server still imports."""
    return _began.is_set() and not _imported.is_set()


def is_ready():
    """Whether the next kernel of a page is forked, and at once."""
    return _imported.is_set()


async def begin_after(pid):
    """Start the fork server once the kernel with this process id has loaded what it needs.

    Both at once would hold up its page, the first. The kernel has its first map when it rests.
    """
    before = 0
    with suppress(psutil.Error):  # it has ended; another page will come
        while not _began.is_set():
            now = sum(psutil.Process(pid).cpu_times()[:2])
            if now - before <= _RESTING * _LOOK:
                begin()
                return
            before = now
            await asyncio.sleep(_LOOK)


class ForkedProvisioner(LocalProvisioner):
    """Forks kernels of this Python that ask for it, and starts others as usual."""

    async def launch_kernel(self, cmd, **kwargs):
        environment = _plain(kwargs.get("env") or os.environ)
        asked = environment.pop(WISH, None) == "1"
        # What a kernel spec sets may be for Python itself, which in a fork has begun.
        plain = cmd[:3] == [sys.executable, "-m", "ipykernel_launcher"] and not self.kernel_spec.env
        if _began.is_set() and asked and plain:
            arguments = (_be_a_kernel, os.getpid(), cmd[3:], kwargs.get("cwd"), environment)
            try:
                loop = asyncio.get_running_loop()
                self.process = await loop.run_in_executor(_forking, _fork, *arguments)
            except (OSError, EOFError):  # the fork server has died, as for want of memory
                self.log.warning("A kernel could not be forked; it is started instead.")
            else:
                self.pid = self.pgid = self.process.pid
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)


class _Process:
    """A forked process as `LocalProvisioner` wants it: like a subprocess.Popen."""

    stdin = stdout = stderr = None

    def __init__(self, process):
        self._process = process
        self.pid = process.pid

    def poll(self):
        return self._process.exitcode

    def wait(self):
        self._process.join()
        return self._process.exitcode

    def send_signal(self, signum):
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self):
        self._process.kill()

    def terminate(self):
        self._process.terminate()


def _plain(environment):
    """The same texts, some of which are members of a Voilà enumeration: a fork imports no Voilà."""
    return {str.__str__(name): str.__str__(value) for name, value in environment.items()}


def _fork(function, *arguments):
    process = _forks.Process(target=function, args=arguments, daemon=True)  # ends with the server
    with _no_script():
        process.start()
    return _Process(process)


@contextmanager
def _no_script():
    """Let a fork not import the script that the server runs, as JupyterLab's: 0.5 s, and memory."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _do_nothing():
    """The first fork, for which the fork server starts."""


def _be_a_kernel(server, arguments, folder, environment):
    """Become what `python -m ipykernel_launcher` would have been."""
    import numpy as np
    from ipykernel.kernelapp import launch_new_instance

    os.setsid()
    _end_with(server)
    if folder is not None:
        os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    np.random.seed()  # noqa: NPY002  (else all visitors would draw the same)
    try:
        launch_new_instance(
            argv=[
                *arguments,
                f"--IPKernelApp.parent_handle={os.getppid()}",  # it ends with the fork server
                "--IPKernelApp.extra_extensions=ipywidgets",  # imported before there was a kernel
            ]
        )
    finally:
        # A process of multiprocessing does not (before Python 3.13): temporary folders would stay.
        atexit._run_exitfuncs()


def _end_with(server):
    """End this process once the server has ended, also where that was killed.

    The fork server alone would not tell: it stays for as long as a process that it forked.
    """
    ended = select.poll()
    ended.register(os.pidfd_open(server), select.POLLIN)

    def wait():
        ended.poll()
        os._exit(1)

    threading.Thread(target=wait, name="lrp-server-watch", daemon=True).start()
