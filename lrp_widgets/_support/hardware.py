"""What this machine computes with: TensorFlow's GPUs, and what its processor can do."""

import platform
from pathlib import Path

from .lazy_tensorflow import tf

_CPUINFO = Path("/proc/cpuinfo")


def gpus():
    """The GPUs that TensorFlow finds, which then compute everything."""
    return tf.config.list_physical_devices("GPU")


def instructions():
    """What the processor can do, as Linux lists it; nothing where there is no such list."""
    if platform.system() != "Linux" or not _CPUINFO.exists():
        return set()
    lines = _CPUINFO.read_text().splitlines()
    return next(
        (set(line.split(":")[1].split()) for line in lines if line.startswith(("flags", "Feat"))),
        set(),
    )
