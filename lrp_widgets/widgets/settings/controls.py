"""The control column: one ordinary ipywidget for each setting, each with its explanation."""

from ipywidgets import (
    HTML,
    BoundedIntText,
    Dropdown,
    FloatSlider,
    ToggleButtons,
    VBox,
)

from .control_help import ControlHelp
from .picker import PicturePicker
from .rule_controls import RuleControls
from .url_state import LARGEST_SEED

EXPLAIN = (
    ("all classes (softmax)", "softmax"),
    ("one class: probability", "probability"),
    ("one class: logit", "logit"),
    ("contrast of two classes", "contrast"),
)

COLOURS = (
    ("red – white – blue", "RdBu_r"),
    ("orange – white – violet", "PuOr_r"),
    ("seismic, as in the papers", "seismic"),
)

# One sentence for each control, shown on hover and on focus.
HELP = {
    "picture": "The picture x that the network looks at: a photograph, a drawn scene, or yours.",
    "network": "The network whose answer is traced back to the pixels.",
    "weights": "Trained weights w, or random ones, with which relevance spreads about evenly.",
    "seed": "The number from which the random weights are drawn; the same seed, the same weights.",
    "pooling": (
        "How a pooling layer shares R out within its window: by activation (proportional), "
        "or all to the largest (winner-take-all)."
    ),
    "rules": (
        "The composite: which rule each layer gets; own: the one that suits this network. Blocks: "
        "another rule, and its parameter, for one part of the network."
    ),
    "explain": (
        "Where relevance R starts: at all softmax probabilities, at one class's probability or "
        "logit, or at the difference of two logits."
    ),
    "target": "The class t whose output is explained; the list is sorted by probability.",
    "other": (
        "The class o that the target is contrasted with: the start is z_t − z_o. Under z⁺ the map "
        "is the logit’s over again; epsilon-plus and epsilon-gamma-box tell classes apart: see the "
        "measures under the map."
    ),
    "channels": "Relevance at the pixels: summed over colour channels, or one value for each.",
    "colours": "The colours for relevance below zero, zero (always white) and above zero.",
    "scale": (
        "Symmetric about zero, so that white means none; or from the smallest to the largest "
        "value, as in the post, where zero has no colour of its own."
    ),
    "overlay": "How strongly relevance covers the picture; 1 shows relevance alone.",
}

LABELS = {
    "picture": "Picture",
    "network": "Network",
    "weights": "Weights",
    "seed": "Seed",
    "pooling": "Pooling",
    "rules": "Rules",
    "explain": "Explain",
    "target": "Class",
    "other": "against",
    "channels": "Channels",
    "colours": "Colours",
    "scale": "Scale",
    "overlay": "Overlay",
}

# Of the controls that "rules" is made of.
PARTS_HELP = {
    "block": "The rule of this part of the network; as above: the one that the composite gives it.",
    "parameter": "The parameter of this rule: the map follows while you drag.",
}
PARTS_LABELS = {"block": "Rule of this block", "parameter": "Parameter of this rule"}

# In the class lists: whichever class is the top one, or the runner-up. (None means no choice.)
AUTOMATIC = -1

# Controls that go with another one when that is hidden.
FOLLOWERS = {"weights": ("seed",), "explain": ("target", "other")}

# Those of which a change asks for another explanation; the others only change how it is shown.
ASKING = (
    "picture",
    "network",
    "weights",
    "seed",
    "pooling",
    "rules",
    "explain",
    "target",
    "other",
)


class Controls(VBox):
    """The column of controls; `controls["pooling"]` is the one called so.

    The first group asks for another explanation, the second only shows the same one differently.
    """

    def __init__(self, networks):
        self.by_name = {
            "picture": PicturePicker(),
            "network": Dropdown(options=[(title(name), name) for name in networks]),
            "weights": ToggleButtons(options=["pretrained", "random"]),
            "seed": BoundedIntText(min=0, max=LARGEST_SEED, continuous_update=False),
            "pooling": ToggleButtons(options=[("proportional", "avg"), ("winner-take-all", "max")]),
            "rules": RuleControls(LABELS["rules"], HELP["rules"]),
            "explain": Dropdown(options=EXPLAIN),
            "target": Dropdown(options=[("the top class", AUTOMATIC)]),
            "other": Dropdown(options=[("the runner-up", AUTOMATIC)]),
            "channels": ToggleButtons(options=[("gray", "gray"), ("RGB", "rgb")]),
            "colours": Dropdown(options=COLOURS),
            "scale": ToggleButtons(options=[("symmetric", "symmetric"), ("min–max", "min-max")]),
            "overlay": FloatSlider(min=0, max=1, step=0.05, readout_format=".2f"),
        }
        for name, control in self.by_name.items():
            if name == "rules":  # is made of several, each with its label
                continue
            control.add_class("lrp-control")
            control.add_class(f"lrp-control-{name}")
            if name != "picture":  # the gallery writes its own heading
                control.description = LABELS[name]
                control.tooltip = HELP[name]
        self["rules"].observe(lambda _: self.show_needed(), names="opened")
        self._remark = HTML()  # on the names in the class lists
        self._remark.add_class("lrp-names-remark")
        self._gone = set()
        self._aside = set()
        display = [name for name in self.by_name if name not in ASKING]
        self._display = VBox([HTML("<h2 class='lrp-heading'>Display</h2>"), *self[display]])
        self._display.add_class("lrp-display")
        super().__init__(
            [
                *self[ASKING],
                self._remark,
                self._display,
                ControlHelp(HELP | PARTS_HELP, LABELS | PARTS_LABELS),
            ]
        )
        self.add_class("lrp-controls")
        self.add_class("lrp-card")
        self.show_needed()

    def __getitem__(self, name):
        """One control by its name, or a list of them for several names."""
        if isinstance(name, str):
            return self.by_name[name]
        return [self.by_name[each] for each in name]

    def hide(self, names):
        """Take the named controls off the page for good."""
        for name in names:
            self._gone |= {name, *FOLLOWERS.get(name, ())}
        self.show_needed()

    def set_aside(self, names):
        """Show the named controls no more until other names are set aside."""
        self._aside = set(names)
        self.show_needed()

    def disable(self, disabled):
        """Make every setting unchangeable, or changeable again."""
        for control in self.by_name.values():
            control.disabled = disabled

    def show_needed(self):
        """Show what the present choices call for: the seed of random weights, the class's list."""
        explain = self["explain"].value
        unneeded = set()
        if self["weights"].value != "random":
            unneeded.add("seed")
        if explain == "softmax":
            unneeded.add("target")
        if explain != "contrast":
            unneeded.add("other")
        for name, control in self.by_name.items():
            _show(control, name not in self._gone | self._aside | unneeded)
        _show(self._remark, self._remark.value and self["target"].layout.display is None)
        shown = {name for name in self.by_name if name not in ASKING} - self._gone - self._aside
        _show(self._display, shown)

    def chosen_class(self, name):
        """The number of the class chosen as "target" or "other"; None for the automatic one."""
        value = self[name].value
        return None if value == AUTOMATIC else value

    def choose_class(self, name, number):
        """Choose a class by its number, None for the automatic one, as for one not in the list."""
        listed = [value for _, value in self[name].options]
        self[name].value = number if number in listed else AUTOMATIC

    def list_classes(self, ranking, remark=""):
        """Offer the classes for explaining; `ranking`: [(class number, name, probability), …].

        `remark`: what there is to say of their names.
        """
        self._remark.value = remark
        self.show_needed()
        listed = [(f"{name} · {_percent(p)}", number) for number, name, p in ranking]
        first, second = (ranking[min(k, len(ranking) - 1)][1] for k in (0, 1))
        for name, default in (
            ("target", f"the top class ({first})"),
            ("other", f"the runner-up ({second})"),
        ):
            control = self[name]
            value = control.value
            options = [(default, AUTOMATIC), *listed]
            if list(control.options) != options:
                control.options = options
                control.value = value if value < len(listed) else AUTOMATIC


def _show(control, visible):
    control.layout.display = None if visible else "none"


PROPER_NAMES = {
    "densenet121": "DenseNet121",
    "mobilenetv2": "MobileNetV2",
    "resnet50": "ResNet50",
    "vgg16": "VGG16",
    "vgg19": "VGG19",
}


def proper_name(network):
    """A network's name as people write it."""
    return PROPER_NAMES.get(network, network)


def title(network):
    """A network's name, with what it knows: "mini-vgg · shapes"."""
    return f"{proper_name(network)} · {'shapes' if network.startswith('mini-') else 'ImageNet'}"


def _percent(p):
    return "< 0.1 %" if p < 0.001 else f"{100 * p:.1f} %"
