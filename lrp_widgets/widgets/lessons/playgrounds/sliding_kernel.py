"""A convolution to play with: a kernel slides over a picture; its dense matrix lies beside."""

import anywidget
import numpy as np
import traitlets

from ...._support.colors import lookup_table
from ....lrp.rules import ZPlus
from ...shared.built import built

PICTURES = {
    "square": ["......", ".####.", ".####.", ".####.", ".####.", "......"],
    "cross": ["..##..", "..##..", "######", "######", "..##..", "..##.."],
    "line": ["......", "......", "######", "......", "......", "......"],
    "diagonal": ["#.....", ".#....", "..#...", "...#..", "....#.", ".....#"],
    "empty": ["......"] * 6,
}
KERNELS = {
    "left edge": [[-1, 1, 0], [-1, 1, 0], [-1, 1, 0]],
    "top edge": [[-1, -1, -1], [1, 1, 1], [0, 0, 0]],
    "corner": [[-1, -1, -1], [-1, 2, 1], [-1, 1, 1]],
    "mean": [[1, 1, 1]] * 3,
}
GREATEST = 9.0  # weights lie between ± this


class SlidingKernel(anywidget.AnyWidget):
    """A kernel over a small picture, the relevance of its outputs, and what the pixels receive.

        SlidingKernel()
        SlidingKernel(picture=np.eye(6), kernel=[[1, 0], [0, 1]], stride=2, rule=Epsilon(0.1))

    `picture` (H, W), `kernel` (rows, columns). The outputs above zero hold the relevance, in
    proportion, 1 in sum. What each window gives to each pixel is worked out by the same rule
    object, through the convolution and through its dense matrix; the page tells how far the two
    lie apart. `dense` holds the last AsDense, `flows` the last `one_dense.Flows`.
    """

    _esm = built("lessons/playgrounds/sliding_kernel.js")
    _css = built("lessons/playgrounds/sliding_kernel.css")

    picture = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    kernel = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    stride = traitlets.Int(1, min=1, max=2).tag(sync=True)
    padding = traitlets.Enum(("valid", "same"), "valid").tag(sync=True)
    window = traitlets.Int(0, min=0, help="the window looked at").tag(sync=True)
    pixel = traitlets.Int(0, min=0, help="the pixel looked at").tag(sync=True)
    pictures = traitlets.Dict().tag(sync=True)
    kernels = traitlets.Dict().tag(sync=True)
    numbers = traitlets.Dict(help="what flows, for the page").tag(sync=True)
    table = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, picture=None, kernel=None, stride=1, padding="valid", rule=None):
        self._rule = rule or ZPlus()
        drawn = {name: _drawn(rows) for name, rows in PICTURES.items()}
        picture = drawn["square"] if picture is None else np.asarray(picture, float).tolist()
        kernel = np.asarray(KERNELS["corner"] if kernel is None else kernel, float).tolist()
        super().__init__(
            picture=picture,
            kernel=kernel,
            stride=stride,
            padding=padding,
            pixel=(len(picture) - 1) // 2 * len(picture[0]) + (len(picture[0]) - 1) // 2,
            pictures=drawn,
            kernels={name: np.array(weights, float).tolist() for name, weights in KERNELS.items()},
            table=lookup_table("RdBu_r").tobytes(),
        )
        self._work_out()
        self.observe(self._work_out, names=["picture", "kernel", "stride", "padding"])

    def _work_out(self, _=None):
        from ....lessons.experiments.one_convolution import as_dense, convolution, forward, share
        from ....lessons.experiments.one_dense import flows

        x, kernel = np.array(self.picture), np.clip(self.kernel, -GREATEST, GREATEST)
        layer = convolution(kernel, self.stride, self.padding)
        self.dense = dense = as_dense(layer, x.shape)
        z = forward(layer, x)
        a = np.maximum(z, 0)
        R = a / a.sum() if a.any() else a
        self.flows = flows(self._rule, x.ravel(), dense.matrix, R.ravel())
        received = share(layer, x, R, self._rule)
        apart = np.abs(self.flows.relevance - received.ravel()).max()
        with self.hold_sync():
            self.window = min(self.window, R.size - 1)
            self.numbers = {
                "outputs": list(map(int, dense.outputs)),
                "first": list(map(int, dense.first)),
                "which": dense.which.T.tolist(),
                "z": z.ravel().tolist(),
                "R": R.ravel().tolist(),
                "shared_by": self.flows.z.tolist(),
                "edges": self.flows.relevance_of_edges.T.tolist(),
                "received": received.ravel().tolist(),
                "apart": float(apart),
            }


def _drawn(rows):
    return [[float(sign == "#") for sign in row] for row in rows]
