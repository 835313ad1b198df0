"""Kernels that are forked from a process which has imported everything, on Linux.

A kernel that starts from nothing imports TensorFlow and the rest anew for each visitor. Here one
process, Python's fork server, imports them once, and a visitor's kernel is a fork of it: 0.5 s of
processor time until the first map instead of 3.4 s, and 80 MB of its own instead of 207 MB.

TensorFlow may be forked as long as it has computed nothing, for its threads begin with its first
operation. So the fork server imports, and nothing else.
"""

import asyncio
import multiprocessing
import os
import select
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

_NAME = "lrp-forked"  # an entry point of pyproject.toml
_IMPORTS = "lrp_widgets.app.forked_imports"

_forks = multiprocessing.get_context("forkserver") if sys.platform == "linux" else None
# The first fork waits until all is imported; a thread waits, so that the server goes on.
_forking = ThreadPoolExecutor(1, thread_name_prefix="lrp-forking")
_began = threading.Event()


def offer():
    """Have this server's kernels forked from when `begin` is called on; until then none is."""
    KernelProvisionerFactory.instance().default_provisioner_name = _NAME


def begin():
    """Start the fork server, which begins to import; where there is no forking, do nothing."""
    if _forks is not None and not _began.is_set():
        _began.set()
        _forks.set_forkserver_preload([_IMPORTS])
        _forking.submit(_fork, _do_nothing)


class ForkedProvisioner(LocalProvisioner):
    """Forks kernels of this Python, and starts others as usual."""

    async def launch_kernel(self, cmd, **kwargs):
        if _began.is_set() and cmd[:3] == [sys.executable, "-m", "ipykernel_launcher"]:
            environment = _plain(kwargs.get("env") or os.environ)
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
    process.start()
    return _Process(process)


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
    launch_new_instance(
        argv=[
            *arguments,
            f"--IPKernelApp.parent_handle={os.getppid()}",  # the kernel ends with the fork server
            "--IPKernelApp.extra_extensions=ipywidgets",  # imported before there was a kernel
        ]
    )


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
