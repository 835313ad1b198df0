"""What the page remarks about the present result: sentences that keep a learner from misreading."""

from ..._support import number_words
from ...lrp import conservation_warning, rule_words
from ...media.scenes import KINDS
from ...networks.zoo.own import is_own

# From this rank correlation on, a contrast's map says no more than the logit's.
OVER_AGAIN = 0.98


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
            f"The {what} is negative ({number_words.number(explanation.start_total)}): "
            "the whole map is turned over."
        )
    found += filter(None, [conservation_warning.warning(explanation)])
    if network.weights == "random":
        found.append(
            "Random weights: this network has learned nothing. Compare it with the pretrained one."
        )
    elif knows_shapes(network) and not is_scene:
        found.append(f"{network.name} has only seen drawn shapes: its answer means little here.")
    elif not knows_shapes(network) and is_scene and not is_own(network.name):
        found.append(f"{network.name} knows photographs: it has no class for a drawn shape.")
    found += _canonized(network.notes)
    if uploaded:
        found.append("Your picture cannot travel in a link.")
    if is_own(network.name):
        found.append("Your network cannot travel in a link.")
    return found


def _canonized(notes):
    """What became of the BatchNorm layers, counted; `network.notes` has a sentence for each."""
    ends = {
        "folded into the layer before": " is folded into ",
        "moved into the layer behind": " is moved into ",
        "kept as it is": " stays ",
    }
    counts = {words: sum(part in note for note in notes) for words, part in ends.items()}
    parts = [f"{count} {words}" for words, count in counts.items() if count]
    return [f"BatchNorm, with the same output: {', '.join(parts)}."] if parts else []


def knows_shapes(network):
    """Whether the network's classes are the shapes of the drawn scenes."""
    return list(network.class_names) == list(KINDS)


def contrast_remark(correlations):
    """Return the remark on a contrast: {composite: its correlation with the logit's map}."""
    found = ", ".join(
        f"{number_words.correlation(r)} under {rule_words.rule_words(name)}"
        + (" (the logit’s map over again)" if r >= OVER_AGAIN else "")
        for name, r in correlations.items()
    )
    return f"Rank correlation of this contrast’s map with that of the logit alone: {found}."
