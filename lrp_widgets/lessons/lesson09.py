"""Questions of lesson 9: a network of one's own."""

from functools import cache

import numpy as np

from .code_questions import code_question
from .experiments import train_keras
from .questions import Choice, Code, Number

CHANNELS = 12  # of the lesson's first convolution


def relative_difference(a, b):
    """The largest |a − b|, relative to the largest |b|."""
    return np.abs(a - b).max() / np.abs(b).max()


def _cases():
    random = np.random.default_rng(9)
    b = random.random((4, 3))
    return [(b + 1e-3 * random.standard_normal(b.shape), b), (2 * b, b), (-b[:1], b[:1])]


def models():
    """Three small Keras models to hand to from_keras, named as in the question."""
    from keras import Input, Sequential, layers

    def stack(*inner):
        return Sequential([Input((8, 8, 3)), *inner, layers.Dense(3, activation="softmax")])

    return {
        "A convolution, BatchNormalization, Dropout, Flatten, Dense": stack(
            layers.Conv2D(4, 3), layers.BatchNormalization(), layers.Dropout(0.2), layers.Flatten()
        ),
        "Convolutions with strides, GlobalAveragePooling2D, Dense": stack(
            layers.Conv2D(4, 3, strides=2), layers.GlobalAveragePooling2D()
        ),
        "A Reshape to a sequence, LSTM, Dense": stack(layers.Reshape((8, 24)), layers.LSTM(4)),
    }


@cache
def _answers():
    """What from_keras says of each of the models: "" where it reads it."""
    from ..networks.network import Network

    said = []
    for model in models().values():
        try:
            Network.from_keras(model)
            said.append("")
        except ValueError as error:
            said.append(str(error))
    return said


def _refused():
    return next(k for k, said in enumerate(_answers()) if said)


QUESTIONS = {
    "09-predict": Number(
        text="Before any training, about what share of new pictures will the network name "
        f"correctly? There are {len(train_keras.KINDS)} kinds, all equally frequent.",
        hint="It can only guess.",
        expected=lambda: 1 / len(train_keras.KINDS),
        tolerance=0.05,
        mistakes=(
            (lambda: 0.5, "That would be guessing between two kinds."),
            (lambda: 0.0, "Even a guess is right now and then."),
        ),
        solution=lambda: f"$1 / {len(train_keras.KINDS)} = {1 / len(train_keras.KINDS):.2f}$.",
        well_done="That is guessing; the chart marks it with a dashed line.",
    ),
    "09-weights": Number(
        text=f"The first convolution has {CHANNELS} kernels of 3×3 pixels over the three colours, "
        "and no bias. How many weights does it have?",
        hint="Rows · columns · channels in · channels out.",
        expected=lambda: 3 * 3 * 3 * CHANNELS,
        tolerance=1e-6,
        mistakes=(
            (lambda: 3 * 3 * CHANNELS, "Each kernel looks at all three colours."),
            (
                lambda: 3 * 3 * 3 * CHANNELS + CHANNELS,
                "That includes a bias for each kernel; here there is none.",
            ),
        ),
        solution=lambda: f"$3 \\cdot 3 \\cdot 3 \\cdot {CHANNELS} = {3 * 3 * 3 * CHANNELS}$.",
    ),
    "09-refused": Choice(
        text="Which of these models will `Network.from_keras` refuse?",
        options=(
            "A convolution, BatchNormalization, Dropout, Flatten, Dense",
            "Convolutions with strides, GlobalAveragePooling2D, Dense",
            "A Reshape to a sequence, LSTM, Dense",
        ),
        expected=_refused,
        why=(
            "All of these are linear maps, or disappear after training: it reads this one.",
            "Strides and averages are linear: it reads this one.",
            "An LSTM multiplies its inputs by one another: there is no linear map to transpose.",
        ),
        hint="Relevance goes down through linear maps. Which layer is not one?",
        solution=lambda: f"It says: “{_answers()[_refused()]}”",
    ),
    "09-code": Code(
        cases=_cases,
        expected=relative_difference,
        mistakes=(
            (lambda a, b: np.abs(a - b).max(), "Divide by the largest $|b|$."),
            (
                lambda a, b: (a - b).max() / b.max(),
                "Take absolute values: a difference may be negative.",
            ),
        ),
        **code_question("09-code"),
    ),
}
