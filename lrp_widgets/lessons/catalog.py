"""What lessons there are, in order: one table for the index, the links and the tests."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """A lesson: `goal` says in one sentence what one can do after its `minutes`.

    The minutes are those of a slow reader, counted by ``python -m tools.lesson_minutes``.
    """

    number: int
    slug: str
    title: str
    goal: str
    minutes: int

    @property
    def notebook(self):
        """The file's name, as in ``02_dense.ipynb``."""
        return f"{self.number:02d}_{self.slug}.ipynb"


LESSONS = (
    Lesson(
        1,
        "from_prediction_to_relevance",
        "From prediction to relevance",
        "Say what relevance is, where it starts, and how the choice of the start changes its sum.",
        30,
    ),
    Lesson(
        2,
        "dense",
        "The z⁺-rule in a dense layer",
        "Share out one unit's relevance by hand, in four steps, and write them in NumPy.",
        25,
    ),
    Lesson(
        3,
        "conservation",
        "Conservation",
        "Check every layer's total, make it fail on purpose, and find where the rest went.",
        30,
    ),
    Lesson(
        4,
        "convolution",
        "Convolution",
        "See why a convolution is a dense layer with shared weights, and add up its windows.",
        25,
    ),
    Lesson(
        5,
        "pooling",
        "Pooling and flatten",
        "Tell proportional from winner-take-all pooling, in one window and in a whole map.",
        30,
    ),
    Lesson(
        6,
        "input",
        "The input layer",
        "Say what x = 1 at the pixels changes, and which rules credit a dark line.",
        30,
    ),
    Lesson(
        7,
        "through_vgg16",
        "Through VGG16",
        "Follow relevance through a large network, from the answer to the pixels of a photograph.",
        25,
    ),
    Lesson(
        8,
        "trained_or_random",
        "Trained or random?",
        "Measure what a map owes to training, and what it hardly shows at all.",
        40,
    ),
    Lesson(
        9,
        "your_own_network",
        "Your own network",
        "Build and train a small Keras network, and look inside it with the same tools.",
        25,
    ),
    Lesson(
        10,
        "other_rules",
        "The other rules",
        "Say what ε, γ, αβ and their relatives do to one unit, and which of them are noisy.",
        25,
    ),
    Lesson(
        11,
        "composites",
        "Composites",
        "Measure, for a whole network, which rules tell classes apart and which stay on the "
        "object.",
        35,
    ),
    Lesson(
        12,
        "batchnorm",
        "BatchNorm",
        "Fold a BatchNorm into the layer before or behind it, and say when neither works.",
        20,
    ),
    Lesson(
        13,
        "additions",
        "Additions",
        "Share out an addition, and measure how much of the start reaches the pixels of a ResNet "
        "and a DenseNet.",
        30,
    ),
    Lesson(
        14,
        "forty_lines",
        "LRP in forty lines",
        "Write the whole backward pass of a network in NumPy, step by step, and end in the same "
        "map.",
        50,
    ),
)


def lesson(number):
    """Return the lesson of that number; raises ValueError where there is none."""
    for each in LESSONS:
        if each.number == number:
            return each
    raise ValueError(
        f"There are lessons {LESSONS[0].number} to {LESSONS[-1].number}, not {number}."
    )
