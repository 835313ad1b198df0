"""Questions of lesson 1: from the prediction to the initial relevance."""

from functools import cache

import numpy as np

from ..session import Session
from .code_questions import code_question
from .experiments.loaded import explained, image, network
from .experiments.output_starts import output_of
from .questions import Choice, Code, Number

PICTURE = "star"
POOL = "block2_pool"  # the layer whose units are counted
LAYER = "fc1"  # the layer whose total is predicted

session = cache(Session)  # one for both views of the lesson


def contrast(z, t, o):
    """The initial relevance as the lesson defines it: R_t = z_t, R_o = −z_o, and 0 elsewhere."""
    R = np.zeros(len(z))
    R[t], R[o] = z[t], -z[o]
    return R


@cache
def _output(picture):
    return output_of(network(), image(picture))


def _explained(start, target=None):
    return explained(PICTURE, start=start, target=target)


def _ranked(picture):
    """The classes of a picture, the largest logit first: (index, …)."""
    return np.argsort(-_output(picture).logits, kind="stable")


def _names(picture):
    return [network().class_names[k] for k in _ranked(picture)]


def _logit(picture, rank):
    return float(np.sort(_output(picture).logits)[::-1][rank])


def _softmax_total():
    return float(_output(PICTURE).start("softmax")[0].sum())


def _total_choice():
    total = _softmax_total()
    candidates = [float(_output(PICTURE).scores.max()), 1.0, len(_output(PICTURE).names)]
    return int(np.argmin(np.abs(np.array(candidates) - total)))


def _units():
    return int(np.prod(_explained("softmax")[POOL].shape))


def _factor():
    """How many times larger the pixels' relevance is under the logit than under the probability."""
    logit, probability = (
        _explained(start).pixels.sum(dtype=float) for start in ("logit", "probability")
    )
    return float(logit / probability)


def _side_of_negative():
    """What explaining a class with a negative logit does to the pixels: the option's number."""
    most_negative = int(_output(PICTURE).logits.argmin())
    pixels = _explained("logit", most_negative).pixels
    if (pixels <= 0).all():
        return 1
    return 2 if not pixels.any() else 0


def _contrast_cases():
    random = np.random.default_rng(1)
    cases = [(np.array([2.0, -1.0, 0.5]), 0, 1)]
    for classes in (4, 6, 9):
        t, o = random.choice(classes, 2, replace=False)
        cases.append((random.standard_normal(classes), int(t), int(o)))
    return cases


def _without_minus(z, t, o):
    R = contrast(z, t, o)
    R[o] = z[o]
    return R


def _all_the_others(z, t, o):
    R = -np.array(z)
    R[t] = z[t]
    return R


def _only_the_total(z, t, o):
    return z[t] - z[o]


QUESTIONS = {
    "01-predict": Choice(
        text="Relevance starts at the output. Suppose that we explain *all* classes at once: each "
        f"class starts with its probability as relevance. The network says “{PICTURE}” with a "
        "probability just below 1. What do the relevances of all classes add up to?",
        options=("That probability, a little below 1", "1", "The number of classes"),
        expected=_total_choice,
        why=(
            "The other classes keep their probabilities too, however small they are. "
            "What do all of them add up to?",
            "The softmax makes probabilities: they add up to 1, whatever the picture.",
            "Each class starts with its own probability, not with 1.",
        ),
        hint="$p_k = e^{z_k} / \\sum_l e^{z_l}$. Add up all $p_k$.",
        solution=lambda: (
            f"The probabilities are {_listed(_output(PICTURE).scores)}; their sum is "
            f"{_softmax_total():.3f}."
        ),
    ),
    "01-units": Number(
        text=f"How many units does the layer **{POOL}** have, and so how many numbers make up its "
        "relevance? Step there: its shape is written beside its name.",
        hint="Rows × columns × channels.",
        expected=_units,
        tolerance=0,
        mistakes=(
            (
                lambda: np.prod(_explained("softmax")[POOL].shape[:2]),
                "That is the number of places. Each place has a unit in every channel.",
            ),
            (
                lambda: _explained("softmax")[POOL].shape[-1],
                "That is the number of channels. Each channel has a unit at every place.",
            ),
        ),
        solution=lambda: (
            f"{' · '.join(map(str, _explained('softmax')[POOL].shape))} $=$ {_units()}."
        ),
        well_done="Relevance has the shape of the activations: one number for each unit.",
    ),
    "01-contrast": Number(
        text="Choose the picture **heart** in the widget above. What is the total of the "
        "*contrast*, of the first class against the second?",
        hint="The total is $z_t - z_o$: read the two largest logits.",
        expected=lambda: _logit("heart", 0) - _logit("heart", 1),
        mistakes=(
            (
                lambda: _logit("heart", 0) + _logit("heart", 1),
                "You have added them; the other class counts with a minus sign.",
            ),
            (
                lambda: _logit("heart", 0),
                "That is the first class alone; subtract the second.",
            ),
            (
                lambda: _logit(PICTURE, 0) - _logit(PICTURE, 1),
                f"That is the total for the picture {PICTURE}; choose the heart.",
            ),
        ),
        solution=lambda: (
            f"$z$ of {_names('heart')[0]} is {_logit('heart', 0):.3f}, of {_names('heart')[1]} "
            f"{_logit('heart', 1):.3f}; the difference is "
            f"{_logit('heart', 0) - _logit('heart', 1):.3f}."
        ),
        well_done="A contrast asks: why this class *rather than* that one?",
    ),
    "01-layer": Number(
        text=f"You explain the logit of the class {PICTURE} in the picture {PICTURE}. What will "
        f"the total of the layer **{LAYER}** be, one step further down? The logit itself is in the "
        "table above.",
        hint="Relevance is only handed on. The layer above, where it starts, has the total $z_t$.",
        expected=lambda: _explained("logit")[LAYER].total,
        mistakes=(
            (lambda: 1.0, "1 is the total with all probabilities."),
            (
                lambda: float(_output(PICTURE).scores.max()),
                "That is the class's probability; the logit is asked for.",
            ),
        ),
        solution=lambda: (
            f"The initial relevance has the total $z_t =$ {_logit(PICTURE, 0):.3f}, and {LAYER} "
            f"has {_explained('logit')[LAYER].total:.3f}."
        ),
        well_done="Nothing is lost on the way: lesson 3 is about this alone.",
    ),
    "01-negative": Choice(
        text="You explain the logit of a class whose logit is *negative*. What happens to the "
        "relevance of the pixels, compared with a class whose logit is positive?",
        options=(
            "Nothing: relevance is never negative",
            "It is negative, or zero, everywhere: the map is turned over",
            "It is zero everywhere: such a class is not there, so there is nothing to explain",
        ),
        expected=_side_of_negative,
        why=(
            "The initial relevance keeps the sign of the logit. What sign has a share of a "
            "negative number?",
            "The shares are the same; what is shared out is negative.",
            "A negative logit is a number like any other: it is shared out as well.",
        ),
        hint="Suppose that a negative number is shared out: what sign do the parts have?",
        solution=lambda: (
            f"The class {_names(PICTURE)[-1]} has the logit {_minus(_logit(PICTURE, -1))}, and its "
            "pixels add up to "
            f"{_minus(_explained('logit', int(_ranked(PICTURE)[-1])).layers[0].total)}."
        ),
    ),
    "01-factor": Number(
        text=f"For the picture {PICTURE}, the class {PICTURE} is explained twice: once by its "
        "*logit*, once by its *probability*. How many times larger is the relevance of each pixel "
        "under the logit?",
        hint="Both maps share out a single number. Compare the two numbers.",
        expected=_factor,
        mistakes=(
            (lambda: 1 / _factor(), "Turn the fraction over: the logit is the larger of the two."),
            (lambda: 1.0, "The maps look the same, each on its own scale; compare their totals."),
        ),
        solution=lambda: (
            f"$z_t / p_t = {_explained('logit').start_total:.3f} / "
            f"{_explained('probability').start_total:.4f} = {_factor():.3f}$, at every pixel."
        ),
        well_done="One map on two scales. All rules share out in proportion.",
    ),
    "01-code": Code(
        cases=_contrast_cases,
        expected=contrast,
        mistakes=(
            (_without_minus, "The other class, `o`, counts with a minus sign."),
            (_all_the_others, "Only the two classes have an entry; all others are 0."),
            (_only_the_total, "That is the total; return an array with one entry for each class."),
        ),
        **code_question("01-code"),
    ),
}


def _listed(values):
    return ", ".join(f"{value:.4f}" for value in values)


def _minus(value):
    return f"{value:.3f}".replace("-", "−")
