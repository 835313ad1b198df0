"""The lessons' pictures, for the index; `tools/lesson_pictures.py` takes them."""

from .._support.paths import folder

# What each picture shows, in words.
SHOWS = {
    1: "The stepper on a drawn star: a layer's activations, the totals, and a film strip.",
    2: "Two outputs and three inputs joined by edges, as thick as the relevance that flows.",
    3: "A small dense layer in which one output is driven by its bias and hands on nothing.",
    4: "A kernel over a small picture, its windows’ relevance, and the same as a dense matrix.",
    5: "A pooling window, and how its relevance is shared out.",
    6: "Three pixels with a dark line, and a table of what five rules give to each of them.",
    7: "All the way through a network: its predictions as bars, and a small map of every layer.",
    8: "A drawn ring, its relevance map with trained weights, and the map with random ones.",
    9: "How the accuracy of a small network grows while it is trained.",
    10: "A table of rules: what each gives to the three inputs of the same unit.",
    11: "A table of composites: how alike two classes’ maps are, and what lies on the object.",
    12: "A BatchNorm by numbers: the layers as trained, and as relevance walks them.",
    13: "An addition’s two inputs, and what each of them gets under three rules.",
    14: "Step c of a layer as three maps: transposed, and as a gradient with s held or not.",
}


def picture(number):
    """Return a lesson's picture: a PNG file's bytes, None while there is none, and its words."""
    path = folder("images") / "lessons" / f"{number:02d}.png"
    return path.read_bytes() if path.is_file() else None, SHOWS[number]
