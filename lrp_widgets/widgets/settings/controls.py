"""The control column: one ordinary ipywidget for each setting, each with its explanation."""

from ipywidgets import (
    HTML,
    BoundedIntText,
    Dropdown,
    FloatSlider,
    ToggleButton,
    ToggleButtons,
    VBox,
)

from ...figures.captions import names_remark
from ...lrp import conservation_warning
from ...networks.zoo.offers import OFFERS
from .control_help import ControlHelp
from .network_file import NetworkOpener
from .picker import PicturePicker
from .rule_controls import RuleControls
from .through_control import ThroughControl
from .url_state import ASKED, LOOKED

# The settings that have a control; those of a request first, then how its answer is shown.
LISTED = {name: each for name, each in (ASKED | LOOKED).items() if each.label}

HELP = {name: each.help for name, each in LISTED.items()}
LABELS = {name: each.label for name, each in LISTED.items()}

# Of the controls that "rules" is made of.
PARTS_HELP = {
    "block": "The rule of this part of the network; as above: the one that the composite gives it.",
    "parameter": "The parameter of this rule: the map follows while you drag.",
}
PARTS_LABELS = {"block": "Rule of this block", "parameter": "Parameter of this rule"}

# In the class lists: whichever class is the top one, or the runner-up. (None means no choice.)
AUTOMATIC = -1

# Controls that are no list, number or pair of buttons; the class lists are filled with an answer.
MADE = {
    "picture": PicturePicker,
    "rules": lambda: RuleControls(LABELS["rules"], HELP["rules"]),
    "target": lambda: Dropdown(options=[("the top class", AUTOMATIC)]),
    "other": lambda: Dropdown(options=[("the runner-up", AUTOMATIC)]),
    "through": ThroughControl,
}


def _control(name, setting, networks):
    if name in MADE:
        return MADE[name]()
    if name == "network":
        return Dropdown(options=[(title(each), each) for each in networks])
    if setting.words is None:
        limits = {"min": setting.least, "max": setting.most}
        if isinstance(setting.default, int):
            return BoundedIntText(**limits, continuous_update=False)
        return FloatSlider(**limits, step=0.05, readout_format=".2f")
    kind = ToggleButtons if len(setting.words) == 2 else Dropdown
    return kind(options=[(words, value) for value, words in setting.words.items()])


class Controls(VBox):
    """The column of controls; `controls["pooling"]` is the one called so.

    The first group asks for another explanation, the second only shows the same one differently.
    """

    def __init__(self, networks):
        self.by_name = {name: _control(name, each, networks) for name, each in LISTED.items()}
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
        self._inexact = False  # whether float32 is not exact enough for the present answer
        self._gone = set()
        self._aside = set()
        requested, display = ([n for n in LISTED if n in group] for group in (ASKED, LOOKED))
        self._display = VBox([HTML("<h2 class='lrp-heading'>Display</h2>"), *self[display]])
        self._display.add_class("lrp-display")
        # On a telephone the column is folded below this button: the map comes first.
        fold = ToggleButton(description="Settings", tooltip="Show or hide the settings")
        fold.add_class("lrp-fold")
        explained = ControlHelp(HELP | PARTS_HELP, LABELS | PARTS_LABELS)
        self.opener = NetworkOpener()
        asked = self[requested]
        asked.insert(requested.index("network") + 1, self.opener)
        super().__init__([fold, *asked, self._remark, self._display, explained])
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
            self._gone |= {name, *followers(name)}
        self.show_needed()

    def set_aside(self, names):
        """Show the named controls no more until other names are set aside."""
        self._aside = set(names)
        self.show_needed()

    def disable(self, disabled):
        """Make every setting unchangeable, or changeable again."""
        for control in (*self.by_name.values(), self.opener):
            control.disabled = disabled

    def show_needed(self):
        """Show what the present choices and their answer call for: a seed, class lists, dtype."""
        explain = self["explain"].value
        unneeded = set()
        if self["weights"].value != "random":
            unneeded.add("seed")
        if explain == "softmax":
            unneeded.add("target")
        if explain != "contrast":
            unneeded.add("other")
        if not self["through"].value:
            unneeded.add("through")
        if self["dtype"].value == "float32" and not self._inexact:
            unneeded.add("dtype")
        for name, control in self.by_name.items():
            _show(control, name not in self._gone | self._aside | unneeded)
        _show(self.opener, self["network"].layout.display is None)
        _show(self._remark, self._remark.value and self["target"].layout.display is None)
        _show(self._display, LISTED.keys() & LOOKED.keys() - self._gone - self._aside)

    def offer(self, network):
        """Put a visitor's own network on the list, by its name."""
        control = self["network"]
        value = control.value
        control.options = [*control.options, (title(network), network)]
        control.value = value

    def chosen_class(self, name):
        """The number of the class chosen as "target" or "other"; None for the automatic one."""
        value = self[name].value
        return None if value == AUTOMATIC else value

    def choose_class(self, name, number):
        """Choose a class by its number, None for the automatic one, as for one not in the list."""
        listed = [value for _, value in self[name].options]
        self[name].value = number if number in listed else AUTOMATIC

    def follow(self, explanation):
        """Offer the classes of an answer and the blocks of its network, and what else it needs."""
        self._remark.value = names_remark(explanation.network)
        self._inexact = conservation_warning.inexact(explanation)
        self["rules"].list_blocks(explanation.network)
        names, scores = explanation.network.class_names, explanation.layers[-1].activation
        order = [int(k) for k in (-scores).argsort(kind="stable")]
        listed = [(f"{names[k]} · {_percent(float(scores[k]))}", k) for k in order]
        first, second = (names[order[min(k, len(order) - 1)]] for k in (0, 1))
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
        self.show_needed()


def followers(name):
    """Return the controls that are hidden together with one."""
    return [each for each, setting in LISTED.items() if setting.follows == name]


def _show(control, visible):
    control.layout.display = None if visible else "none"


PROPER_NAMES = {
    "densenet121": "DenseNet121",
    "mobilenetv2": "MobileNetV2",
    "resnet50": "ResNet50",
    "resnet8": "ResNet8",
    "vgg16": "VGG16",
    "vgg19": "VGG19",
}


def proper_name(network):
    """A network's name as people write it."""
    return PROPER_NAMES.get(network, network)


def title(network):
    """A network's name, with what it knows: "mini-vgg · shapes"."""
    if network not in OFFERS:  # a visitor's own
        return network
    return f"{proper_name(network)} · {OFFERS[network].knows}"


def _percent(p):
    return "< 0.1 %" if p < 0.001 else f"{100 * p:.1f} %"
