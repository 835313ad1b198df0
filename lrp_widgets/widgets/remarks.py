"""What the page remarks about the present result: sentences that keep a learner from misreading."""

from .. import arrival
from ..measures import rank_correlation
from ..mini.scenes import KINDS


def remarks(explanation, is_scene, uploaded):
    """Return the remarks on one explanation, each one sentence.

    `is_scene`: whether the picture is one of the drawn scenes; `uploaded`: whether it is the
    visitor's own.
    """
    network = explanation.network
    found = []
    if explanation.start_total < 0:
        what = "difference of the logits" if explanation.start == "contrast" else "logit"
        found.append(
            f"The {what} is negative ({_number(explanation.start_total)}): "
            "the whole map is turned over."
        )
    found += filter(None, [arrival.warning(explanation)])
    if network.weights == "random":
        found.append(
            "Random weights: this network has learned nothing. Compare it with the pretrained one."
        )
    elif knows_shapes(network) and not is_scene:
        found.append(f"{network.name} has only seen drawn shapes: its answer means little here.")
    elif not knows_shapes(network) and is_scene:
        found.append(f"{network.name} knows photographs: it has no class for a drawn shape.")
    found += _canonized(network.notes)
    if uploaded:
        found.append("Your picture cannot travel in a link.")
    return found


def _canonized(notes):
    """What became of the BatchNorm layers, counted; `network.notes` has a sentence for each."""
    ends = {
        "folded into the layer before": " is folded into ",
        "moved into the layer behind": " is moved into ",
        "kept, passing relevance one to one": " stays ",
    }
    counts = {words: sum(part in note for note in notes) for words, part in ends.items()}
    parts = [f"{count} {words}" for words, count in counts.items() if count]
    return [f"BatchNorm, with the same output: {', '.join(parts)}."] if parts else []


def knows_shapes(network):
    """Whether the network's classes are the shapes of the drawn scenes."""
    return list(network.class_names) == list(KINDS)


def explains_another_class(explanation):
    """Whether one class is explained which is not the network's first choice."""
    return (
        explanation.start in ("probability", "logit")
        and explanation.target != explanation.prediction[0][0]
    )


def agreement(explanation, top):
    """Return the remark on how alike the maps of this class and of the top class are."""
    r = rank_correlation(explanation.heatmap("gray"), top.heatmap("gray"))
    return (
        f"Rank correlation with the map of the top class ({top.prediction[0][0]}): {_number(r)}. "
        "Under z⁺ classes often look alike."
    )


def _number(value):
    return f"{value:.2f}".replace("-", "−")
