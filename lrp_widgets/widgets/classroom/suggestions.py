"""Questions that a teacher may ask about what is on the screen, with the answers computed."""

from ..._support.class_question import LONGEST_CHOICE
from ...lrp.conservation_warning import NAMES, causes, reached

_CHOICES = 4
# A smaller share of the initial relevance is nothing to ask about.
_WORTH_ASKING = 0.01
# Shares of the initial relevance between which the choices lie.
_STEPS = (0.5, 0.98, 1.02)
_SHARES = ("less than half", "half or more, not all", "all, within 2 %", "more than all")


def suggestions(e):
    """Return questions about an explanation of one picture, as `ClassQuestion` has them.

        [{"text": "How much … ?", "choices": ["less than half", …], "answer": 2}, …]

    `answer` counts from 0, and is None where only looking tells.
    """
    found = (_chosen_class(e), _share(e), _layer(e), _cause(e), _another_class(), _place())
    return [each for each in found if each is not None]


def _asked(text, choices, answer=None):
    return {"text": text, "choices": list(choices), "answer": answer}


def _chosen_class(e):
    names = [str(name)[:LONGEST_CHOICE] for name, _ in e.prediction[:_CHOICES]]
    if len(set(names)) < 2 or names.count(names[0]) > 1:
        return None
    choices = sorted(set(names))
    return _asked("Which class does the network choose?", choices, choices.index(names[0]))


def _share(e):
    share = reached(e)
    if share is None:
        return None
    answer = sum(share >= step for step in _STEPS[:2]) + (share > _STEPS[2])
    return _asked("How much of the initial relevance reaches the pixels?", _SHARES, answer)


def _layer(e):
    absorbed = {
        layer.name: sum(map(abs, map(float, layer.absorbed.values()))) for layer in e.layers
    }
    most = sorted(absorbed, key=absorbed.get, reverse=True)[:_CHOICES]
    if len(most) < 2 or not _is_worth(absorbed[most[0]], e):
        return None
    choices = [name for name in absorbed if name in most]  # in the network's order
    return _asked("Which layer absorbs most relevance?", choices, choices.index(most[0]))


def _cause(e):
    sizes = {NAMES[cause.entry]: abs(cause.value) for cause in causes(e) if cause.entry in NAMES}
    if len(sizes) < 2 or not _is_worth(max(sizes.values()), e):
        return None
    choices = list(sizes)
    text = "What absorbs most relevance, all layers together?"
    return _asked(text, choices, choices.index(max(sizes, key=sizes.get)))


def _is_worth(size, e):
    return size > _WORTH_ASKING * abs(e.start_total)


def _another_class():
    text = "Another class is explained. How much does the map change?"
    return _asked(text, ("hardly", "a little", "it is another map"))


def _place():
    text = "Where in the picture is most of the relevance?"
    return _asked(text, ("inside the object", "along its edge", "in the background"))
