"""Units in a row, explained: the smallest case in which relevance gets lost."""

import numpy as np

from lrp_widgets import Network, explain
from lrp_widgets.lrp.rules import Zero
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import Dense, Input


def chain(*layers):
    """An explanation by LRP-0 of units in a row, each (w, b), with ReLUs between, for x = 1."""
    made = [Input(name="input", shape=(1,))]
    for number, (w, b) in enumerate(layers, 1):
        made.append(
            Dense(
                name=f"fc{number}",
                inputs=(made[-1].name,),
                kernel=np.array([[w]], np.float32),
                bias=np.array([b], np.float32),
                activation=Activation("relu") if number < len(layers) else None,
            )
        )
    x = np.ones(1, np.float32)
    return explain(Network(made), x, Zero(), start="logit", target=0, input_rule=None)
