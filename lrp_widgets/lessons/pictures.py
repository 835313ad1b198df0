"""The lessons' pictures, for the index; `tools/lesson_pictures.py` takes them."""

from ..resources import folder

# What each picture shows, in words.
SHOWS = {
    1: "A network's layers from the picture to the prediction.",
    2: "Two outputs and three inputs joined by edges, as thick as the relevance that flows.",
    3: "The totals of a network's layers, and a ledger of what was absorbed.",
    4: "A kernel over a small picture, and the relevance that its windows hand back.",
    5: "A pooling window, and how its relevance is shared out.",
    6: "A picture and its relevance maps, with the pixel values and without.",
    7: "The relevance of a photograph at the layers of a large network.",
    8: "A drawn ring, its relevance map, and the map after some layers got random weights.",
    9: "A small network's training, and what it has learned to tell apart.",
}


def picture(number):
    """Return a lesson's picture: a PNG file's bytes, None while there is none, and its words."""
    path = folder("images") / "lessons" / f"{number:02d}.png"
    return path.read_bytes() if path.is_file() else None, SHOWS[number]
