"""Other ways to say which pixels matter, to be held against LRP. They have no ledger.

    gradient(network, image)                       # which way z_t would change
    integrated_gradients(network, image, "star")   # adds up to z_t(x) − z_t(baseline)
    method("epsilon-plus")(network, images, targets)   # any of them, LRP too, called in one way
    map_of("occlusion", network, image)            # with what is to be said of it, a `MethodMap`

Every method explains a class's logit z_t, the value before the softmax. It takes a picture as
`explain` does, or a batch of them, and returns signed maps of the same height and width: (H, W, C),
with a leading axis for a batch, channels in RGB order. Derivatives are taken with respect to the
network's input, after the preprocessing: on mini-vgg, whose input is byte / 255, a gradient is 255
times that per byte. A picture's map does not depend on the batch it comes in. `target` is a class's
index or name, for a batch also a list; None is the top class.

For others: what `__all__` lists, `methods`, `patches`, `scoring`, and `asked` (by which `metrics`
asks for a method).
"""

from .covering import occlusion
from .gradients import (
    grad_cam,
    gradient,
    gradient_times_input,
    integrated_gradients,
    smooth_grad,
)
from .method_map import MethodMap, map_of
from .methods import METHODS, lrp, method, noise
from .patches import BASELINES, replacement

__all__ = [
    "BASELINES",
    "METHODS",
    "MethodMap",
    "grad_cam",
    "gradient",
    "gradient_times_input",
    "integrated_gradients",
    "lrp",
    "map_of",
    "method",
    "noise",
    "occlusion",
    "replacement",
    "smooth_grad",
]
