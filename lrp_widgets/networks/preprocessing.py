"""What happens to a picture's pixels before the network sees them."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Preprocess:
    """Turn RGB pixels 0…255 into a network's input: (pixel · scale − mean) per channel.

    The input is in the order of channels that the network was trained with, as Keras's own
    `preprocess_input` gives it, and `explain` takes it.
    `order` "BGR" swaps red and blue first, as the networks trained with Caffe expect;
    `mean`, and `scale` where it is one a channel, are given in that order. Arrays are
    (…, H, W, C); the result is float32.
    """

    scale: float | tuple[float, ...] = 1.0
    mean: tuple[float, ...] = ()
    order: str = "RGB"

    def __call__(self, pixels):
        x = np.asarray(pixels, np.float32)
        if self.order == "BGR":
            x = x[..., ::-1]
        x = x * np.asarray(self.scale, np.float32)
        return x - np.asarray(self.mean, np.float32) if self.mean else x


AS_IT_IS = Preprocess()
CAFFE = Preprocess(mean=(103.939, 116.779, 123.68), order="BGR")
UNIT = Preprocess(scale=1 / 255)
SIGNED_UNIT = Preprocess(scale=1 / 127.5, mean=(1.0, 1.0, 1.0))
# (pixel / 255 − mean) / deviation, with ImageNet's mean and deviation of each channel
TORCH = Preprocess(
    scale=(1 / 255 / 0.229, 1 / 255 / 0.224, 1 / 255 / 0.225),
    mean=(0.485 / 0.229, 0.456 / 0.224, 0.406 / 0.225),
)

# By the words of the command line.
BY_NAME = {
    "as-it-is": AS_IT_IS,
    "unit": UNIT,
    "signed-unit": SIGNED_UNIT,
    "torch": TORCH,
    "caffe": CAFFE,
}
