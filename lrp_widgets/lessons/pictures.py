"""The lessons' pictures, for the index; `tools/lesson_pictures.py` takes them."""

from ..resources import folder

# What each picture shows, in words.
SHOWS = {
    1: "A network's layers from the picture to the prediction.",
    2: "Two outputs and three inputs joined by edges, as thick as the relevance that flows.",
    3: "A small layer with biases, and a line that says what was booked to them.",
    4: "A kernel over a small picture, and the relevance that its windows hand back.",
    5: "A pooling window, and how its relevance is shared out.",
    6: "A picture and its relevance maps, with the pixel values and without.",
    7: "The relevance of a photograph at the layers of a large network.",
    8: "A drawn ring, its relevance map with trained weights, and the map with random ones.",
    9: "How the accuracy of a small network grows while it is trained.",
    10: "A table of rules: what each gives to the three inputs of the same unit.",
    11: "A BatchNorm by numbers: the layers as trained, and as relevance walks them.",
}


def picture(number):
    """Return a lesson's picture: a PNG file's bytes, None while there is none, and its words."""
    path = folder("images") / "lessons" / f"{number:02d}.png"
    return path.read_bytes() if path.is_file() else None, SHOWS[number]
