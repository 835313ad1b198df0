"""The small networks of MLPerf Tiny, built with Keras: resnet8 and person.

Banbury et al. 2021, "MLPerf Tiny Benchmark". The published files are whole models of Keras 2, whose
configuration Keras 3 refuses in part; so the layers are written out here, and only the weights are
taken from the files.
"""

# Each depthwise block of MobileNetV1 (Howard et al. 2017, table 1) at a quarter of its width:
# (stride, filters of the 1×1 convolution).
MOBILENET = (
    *((1, 16), (2, 32), (1, 32), (2, 64), (1, 64), (2, 128)),
    *((1, 128), (1, 128), (1, 128), (1, 128), (1, 128), (2, 256), (1, 256)),
)


def resnet8():
    """ResNet for CIFAR-10 (32×32): three blocks of two convolutions around an addition."""
    import keras

    picture = keras.Input((32, 32, 3), name="input")
    x = _normalized(_convolution("conv1", 16)(picture), "conv1")
    for block, (stride, width) in enumerate(((1, 16), (2, 32), (2, 64)), start=1):
        name = f"block{block}"
        y = _convolution(f"{name}_conv1", width, stride)(x)
        y = _convolution(f"{name}_conv2", width)(_normalized(y, f"{name}_conv1"))
        y = _normalized(y, f"{name}_conv2", relu=False)
        if stride > 1:
            x = _convolution(f"{name}_shortcut", width, stride, side=1)(x)
        x = keras.layers.Add(name=f"{name}_add")([x, y])
        x = keras.layers.ReLU(name=f"{name}_relu")(x)
    return _classified(picture, x, 8, classes=10, name="resnet8")


def person():
    """MobileNetV1 at a quarter of its width (96×96): is there a person in the picture or not?"""
    import keras

    picture = keras.Input((96, 96, 3), name="input")
    x = _normalized(_convolution("conv1", 8, stride=2)(picture), "conv1")
    for block, (stride, width) in enumerate(MOBILENET, start=1):
        name = f"block{block}_depthwise"
        x = keras.layers.DepthwiseConv2D(3, stride, padding="same", name=name)(x)
        x = _normalized(x, name)
        name = f"block{block}_conv"
        x = _normalized(_convolution(name, width, side=1)(x), name)
    return _classified(picture, x, 3, classes=2, name="person")


def _convolution(name, width, stride=1, side=3):
    from keras.layers import Conv2D

    return Conv2D(width, side, stride, padding="same", name=name)


def _normalized(x, name, relu=True):
    from keras.layers import BatchNormalization, ReLU

    x = BatchNormalization(name=f"{name}_bn")(x)
    return ReLU(name=f"{name}_relu")(x) if relu else x


def _classified(picture, x, side, classes, name):
    import keras

    x = keras.layers.AveragePooling2D(side, name="avg_pool")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dense(classes, "softmax", name="predictions")(x)
    return keras.Model(picture, x, name=name)
