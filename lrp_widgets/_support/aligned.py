"""Memory for weights, laid out so that TensorFlow can use it as it is."""

import numpy as np

# TensorFlow shares an array's memory only where it starts at a multiple of this many bytes;
# NumPy's own arrays rarely do, and a network's weights would then be held twice.
ALIGNMENT = 64


def aligned_empty(shape, dtype=np.float32):
    """Return an uninitialised array of `shape` whose memory starts at a multiple of 64 bytes."""
    dtype = np.dtype(dtype)
    count = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    memory = np.empty(count + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + count].view(dtype).reshape(shape)
