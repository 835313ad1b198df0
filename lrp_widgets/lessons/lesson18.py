"""Questions of lesson 18: what a channel stands for."""

import numpy as np

from .code_questions import code_question
from .experiments import channel_meaning as channels
from .questions import Choice, Code, Number


def _overlap():
    """Which of the options of "18-differ" is right: of six pictures, how many are in both rows."""
    share = np.mean(channels.shared()) / channels.SHOWN
    return 0 if share > 2 / 3 else 1 if share > 1 / 3 else 2


def _count_none():
    return int(np.sum(np.array(channels.shared()) == 0))


def area(ones, others):
    """The area under the ROC curve, pair by pair; what the learner writes."""
    from ..lrp.concepts import auc_with_error

    return auc_with_error(ones, others).auc


def _cases():
    random = np.random.default_rng(18)
    return [
        (np.array([3.0, 1, 2]), np.array([0.0, 1, 2.5])),
        (random.integers(0, 4, 9).astype(float), random.integers(0, 3, 7).astype(float)),
        (random.normal(1, 1, 40), random.normal(0, 1, 30)),
    ]


def _pairs(ones, others):
    return ones[:, None], others[None, :]


def _without_ties(ones, others):
    one, other = _pairs(ones, others)
    return float(np.mean(one > other))


def _with_whole_ties(ones, others):
    one, other = _pairs(ones, others)
    return float(np.mean(one >= other))


def _turned(ones, others):
    return area(others, ones)


QUESTIONS = {
    "18-sum": Choice(
        text="Relevance is followed through one channel of a layer, then through the next, and so "
        "on, and the maps of all its channels are added up. Every path to the pixels crosses this "
        "layer. What is the sum?",
        options=(
            "The map of the whole explanation",
            "Less, for each map leaves something out",
            "More, for channels share pixels",
        ),
        expected=lambda: 0 if channels.adding_up() < 1e-5 else 1,
        why=(
            "",
            "What one map leaves out is in another: each unit of the layer is followed once.",
            "Channels that meet in a pixel share what it gets; nothing is counted twice.",
        ),
        hint="With the activations fixed, the backward pass is linear in the relevance.",
        solution=lambda: (
            f"The whole map. On mini-vgg's *{channels.LAYER}* the sum of 64 maps differs from it "
            f"by {channels.adding_up():.1e} of Σ|R|."
        ),
        well_done="Each unit of the layer is followed exactly once.",
    ),
    "18-differ": Choice(
        text="Of 1,000 pictures you take the six that *excite* a channel most, and the six in "
        "which it carries most *relevance*. How many of six will be the same, on average over the "
        f"channels of mini-vgg's {channels.LAYER}?",
        options=("Five or six", "Three or so", "None, one or two"),
        expected=_overlap,
        why=(
            "Look at the sentence below the two rows, for several channels.",
            "Look at the sentence below the two rows, for several channels.",
            "Look at the sentence below the two rows, for several channels.",
        ),
        hint="This cannot be known. Guess, then look.",
        solution=lambda: (
            f"On average {np.mean(channels.shared()):.1f} of {channels.SHOWN}; "
            f"{_count_none()} of {len(channels.shared())} channels have none in common."
        ),
        well_done="What excites a channel is not what the network uses it for.",
    ),
    "18-through": Number(
        text="The small network of the theory: LRP-0, a start of 1 at the first output. How much "
        "relevance does the *second* input get through hidden unit 0 alone?",
        hint="Hidden unit 0 receives 14/51. Its z is 1·1 + 3·2.",
        expected=lambda: channels.shares(0)[1],
        mistakes=(
            (lambda: channels.shares(1)[1], "That is through hidden unit 1."),
            (lambda: channels.shares()[1], "That is through both hidden units."),
            (lambda: channels.shares(0)[0], "That is the first input's."),
        ),
        solution=lambda: "14/51 · 6/7 = 12/51, and through unit 1 it gets 16/51: together 28/51.",
    ),
    "18-relmax": Number(
        text="Three channels have these relevances at the two places of their layer: channel 0: "
        "3 and 1; channel 1: −1 and −3; channel 2: 2 and −2. By what value is *channel 1* ranked "
        "for RelMax?",
        hint="First add up each channel's places, with their signs.",
        expected=lambda: channels.relmax(channels.PLACES)[1],
        mistakes=(
            (
                lambda: -float(np.abs(channels.PLACES)[:, 1].sum() / np.abs(channels.PLACES).sum()),
                "Divide by the sizes of the channels' *sums*, not of all places.",
            ),
            (lambda: float(channels.PLACES[:, 1].sum()), "That is the sum; now divide."),
        ),
        solution=lambda: "The sums are 4, −4 and 0, their sizes add up to 8: −4/8 = −0.5.",
    ),
    "18-star": Number(
        text=f"Which channel of {channels.LAYER} tells a star from a cross best, by its largest "
        "activation? Read its number in the list.",
        hint="*Rank by*: what they tell apart. The first line of the list.",
        expected=lambda: channels.best().channel,
        tolerance=1e-6,
        solution=lambda: (
            f"Channel {channels.best().channel}: AUC {channels.best().measured.auc:.3f} ± "
            f"{channels.best().measured.error:.3f} on {channels.best().measured.ones} stars and "
            f"{channels.best().measured.others} crosses that had no part in choosing it."
        ),
        well_done="Now look at the pictures that excite it most. Are these stars?",
    ),
    "18-code": Code(
        **code_question("18-code"),
        expected=area,
        cases=_cases,
        mistakes=(
            (_without_ties, "A pair of equal values counts ½."),
            (_with_whole_ties, "A pair of equal values counts ½, not 1."),
            (_turned, "Count the pairs in which the *first* group's value is the larger."),
        ),
    ),
}
