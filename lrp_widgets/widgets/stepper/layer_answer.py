"""Answering what the browser asks about one layer of the explanation on the screen."""

from ..settings.requests import sentence


def answer_about_layer(widget, message, compute, view, failed):
    """Answer a message that asks about a layer; what is no layer of the explanation gets nothing.

    `compute(explanation, layer, show)` calls `show(*found)`, perhaps later. `view(*found,
    explanation)` makes of it what is sent, (dict, bytes), unless another explanation is shown by
    then. `failed(sentence)` is called where there is no answer.
    """
    explanation, layer = widget.explanation, message.get("layer")
    if explanation is None or layer not in explanation.totals:
        return

    def show(*found):
        if explanation is widget.explanation:
            told, maps = view(*found, explanation)
            widget.send({**message, **told}, [maps])

    try:
        compute(explanation, layer, show)
    except Exception as error:
        failed(sentence(error))
