"""What lessons there are, in order: one table for the index, the links and the tests."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """A lesson: `goal` says in one sentence what one can do after its `minutes`.

    The minutes are those of a slow reader, counted by ``python -m tools.lesson_minutes``. `shows`
    says in words what its picture on the index shows.
    """

    number: int
    slug: str
    title: str
    goal: str
    minutes: int
    shows: str

    @property
    def notebook(self):
        """The file's name, as in ``02_dense.ipynb``."""
        return f"{self.number:02d}_{self.slug}.ipynb"


LESSONS = (
    Lesson(
        1,
        "from_prediction_to_relevance",
        "From prediction to relevance",
        "Say what relevance is, what it begins with, and how that choice changes its sum.",
        30,
        "The stepper on a drawn star: a layer's activations, the totals, and a film strip.",
    ),
    Lesson(
        2,
        "dense",
        "The z⁺-rule in a dense layer",
        "Share out one unit's relevance by hand, in four steps, and write them in NumPy.",
        25,
        "Two outputs and three inputs joined by edges, as thick as the relevance that flows.",
    ),
    Lesson(
        3,
        "conservation",
        "Conservation",
        "Check every layer's total, make it fail on purpose, and find where the rest went.",
        30,
        "A small dense layer in which one output is driven by its bias and hands on nothing.",
    ),
    Lesson(
        4,
        "convolution",
        "Convolution",
        "See why a convolution is a dense layer with shared weights, and add up its windows.",
        25,
        "A kernel over a small picture, its windows’ relevance, and the same as a dense matrix.",
    ),
    Lesson(
        5,
        "pooling",
        "Pooling and flatten",
        "Tell proportional from winner-take-all pooling, in one window and in a whole map.",
        30,
        "A pooling window, and how its relevance is shared out.",
    ),
    Lesson(
        6,
        "input",
        "The input layer",
        "Say what x = 1 at the pixels changes, and which rules credit a dark line.",
        30,
        "Three pixels with a dark line, and a table of what five rules give to each of them.",
    ),
    Lesson(
        7,
        "through_vgg16",
        "Through VGG16",
        "Follow relevance through a large network, from the answer to the pixels of a photograph.",
        25,
        "All the way through a network: its predictions as bars, and a small map of every layer.",
    ),
    Lesson(
        8,
        "trained_or_random",
        "Trained or random?",
        "Measure what a map owes to training, and what it hardly shows at all.",
        40,
        "A drawn ring, its relevance map with trained weights, and the map with random ones.",
    ),
    Lesson(
        9,
        "your_own_network",
        "Your own network",
        "Build and train a small Keras network, and look inside it with the same tools.",
        25,
        "How the accuracy of a small network grows while it is trained.",
    ),
    Lesson(
        10,
        "other_rules",
        "The other rules",
        "Say what ε, γ, αβ and their relatives do to one unit, and which of them are noisy.",
        25,
        "A table of rules: what each gives to the three inputs of the same unit.",
    ),
    Lesson(
        11,
        "composites",
        "Composites",
        "Measure, for a whole network, which rules tell classes apart and which stay on the "
        "object.",
        35,
        "A table of composites: how alike two classes’ maps are, and what lies on the object.",
    ),
    Lesson(
        12,
        "batchnorm",
        "BatchNorm",
        "Fold a BatchNorm into the layer before or behind it, and say when neither works.",
        20,
        "A BatchNorm by numbers: the layers as trained, and as they are explained.",
    ),
    Lesson(
        13,
        "additions",
        "Additions",
        "Share out an addition, and measure how much relevance reaches the pixels of a ResNet "
        "and a DenseNet.",
        30,
        "An addition’s two inputs, and what each of them gets under three rules.",
    ),
    Lesson(
        14,
        "forty_lines",
        "LRP in forty lines",
        "Write the whole backward pass of a network in NumPy, step by step, and end in the same "
        "map.",
        50,
        "Step c of a layer as three maps: transposed, and as a gradient with s held or not.",
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
