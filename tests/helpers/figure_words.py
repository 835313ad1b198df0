"""What a figure says, and whether all of it is inside."""

import matplotlib


def words(figure):
    """All text of a figure in one string."""
    figure.canvas.draw()
    return " ".join(
        " ".join(text.get_text().split()) for text in figure.findobj(matplotlib.text.Text)
    )


def assert_nothing_is_cut(figure):
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    whole = figure.bbox
    for text in figure.findobj(matplotlib.text.Text):
        if text.get_text() and text.get_visible():
            box = text.get_window_extent(renderer)
            inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= whole.x1 and box.y1 <= whole.y1
            assert inside, f"{text.get_text()!r} leaves the figure"
