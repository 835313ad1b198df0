"""How exactly convolutions are computed: whole for stills, shorter for moving pictures.

Only large convolutions are shortened, up to their activation function: there the time goes. Dense
layers stay float32, for large terms cancel in their sums; so do the values between layers,
relevance, and all that is divided.
"""

from functools import cache

from .._support import checks
from .._support.hardware import gpus, instructions
from .._support.lazy_tensorflow import tf
from .layers import Convolution

PRECISIONS = ("exact", "live")

# What the hardware must have for products in bfloat16: a GPU of this compute capability (NVIDIA's
# Ampere of 2020, or later), or a processor with one of these instructions.
CAPABILITY = (8, 0)
INSTRUCTIONS = {"avx512_bf16", "amx_bf16", "bf16"}

# Inputs that a unit adds up from which on a convolution is shortened.
LARGE = 512


@cache
def live_type():
    """The type that this machine multiplies quicker than float32: "bfloat16", or None."""
    if gpus():
        details = tf.config.experimental.get_device_details(gpus()[0])
        quick = details.get("compute_capability", (0, 0)) >= CAPABILITY
    else:
        quick = bool(INSTRUCTIONS & instructions())
    return "bfloat16" if quick else None


def is_shortened(layer):
    """Whether the live precision shortens this layer: a large convolution of pictures, beyond 1×1.

    For others the conversions take longer than they save. Measured with AVX512_BF16: 3×3 with 64
    channels or more is 1.2 to 1.9 times as quick, 1×1 and small ones are as before, depthwise ones
    up to 7 times slower.
    """
    if not isinstance(layer, Convolution) or layer.axes != 2 or layer.kernel.shape[:2] == (1, 1):
        return False
    return layer.fan_in >= LARGE


def keep_exact():
    """Make GPUs multiply in float32: unasked they take TF32, which has 10 bits of its 23."""
    tf.config.experimental.enable_tensor_float_32_execution(False)


def products_type(precision):
    """The type of products for "exact" or "live"; None: that of everything else.

    Where the hardware has nothing quicker, "live" is the same as "exact".
    Raises ValueError for another word.
    """
    precision = checks.choice("precision", precision, PRECISIONS)
    return live_type() if precision == "live" else None
