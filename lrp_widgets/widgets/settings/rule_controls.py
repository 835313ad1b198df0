"""The choice of rules: a composite, and under it another rule for each block of the network."""

from contextlib import contextmanager

import traitlets
from ipywidgets import Box, Dropdown, SelectionSlider, ToggleButton, VBox

from ...lrp import rule_words
from ...lrp.composites import FOR_ATTENTION, INPUT, NAMES
from ...lrp.rule_syntax import OWN, join, read_rule, spell, split

# Rules for a block, by how they are written; z^B and x = 1 are for the pixels alone.
FOR_BLOCKS = {
    "z-plus": "z⁺",
    "z-plus-bias": "z⁺ with bias",
    "gamma": "γ",
    "gamma-sign": "γ, generalised",
    "epsilon": "ε",
    "epsilon-rms": "ε · rms(z)",
    "zero": "LRP-0",
    "alpha-beta": "αβ",
    "w-square": "w²",
    "flat": "flat",
}
FOR_INPUT = {"ones": "x = 1", "z-box": "z^B"} | FOR_BLOCKS

# The other way of counting the bias, listed where a link or a line of Python chose it.
OF_A_LINK = {
    "gamma-no-bias": "γ without bias",
    "gamma-sign-no-bias": "γ, generalised, without bias",
    "w-square-bias": "w² with bias",
    "flat-bias": "flat with bias",
}


class RuleControls(VBox):
    """Choose a composite, and other rules for single blocks; `value` is the choice as text.

    `value`: as `rule_syntax` writes it, such as "own" or "epsilon-plus,block2:gamma:0.1".
    """

    value = traitlets.Unicode(OWN)
    opened = traitlets.Bool(False, help="whether the blocks are shown")
    disabled = traitlets.Bool(False)

    def __init__(self, label, help_text):
        self._own = "z-plus"  # the network's own composite
        self._composite = Dropdown(
            options=_composites(self._own), description=label, tooltip=help_text
        )
        self._toggle = ToggleButton(
            description="blocks", tooltip="Another rule for single blocks of the network"
        )
        self._toggle.add_class("lrp-rules-open")
        first = Box([self._composite, self._toggle])
        first.add_class("lrp-rules-first")
        self._rows = VBox()
        self._rows.add_class("lrp-rules-rows")
        self._rows.layout.display = "none"
        self._by_part = {}
        self._quiet = False
        super().__init__([first, self._rows])
        self.add_class("lrp-rules")
        self._composite.add_class("lrp-control")
        self._composite.add_class("lrp-control-rules")
        traitlets.link((self, "opened"), (self._toggle, "value"))
        self._composite.observe(self._choose, names="value")
        self.observe(self._show, names="value")
        self.observe(self._open, names="opened")
        self.observe(self._disable, names="disabled")

    def list_blocks(self, network):
        """Offer the blocks of a network, `session.NetworkInfo`, and name its own composite."""
        self._own = network.default_rules
        parts = [INPUT, *network.blocks]
        if list(self._by_part) != parts:
            self._by_part = {part: BlockRule(part, self._choose) for part in parts}
            self._rows.children = list(self._by_part.values())
            self._disable()
        self._show()

    def forget_blocks(self):
        """Keep the composite alone, as for another network."""
        self.value, _ = split(self.value)

    def _choose(self, _=None):
        """Take what the widgets stand at; what is changed of parts not on offer stays."""
        if self._quiet:
            return
        _, changed = split(self.value)
        for part, row in self._by_part.items():
            changed.pop(part, None)
            if row.rule is not None:
                changed[part] = row.rule
        self.value = join(self._composite.value, changed)

    def _show(self, _=None):
        base, changed = split(self.value)
        options = _composites(self._own, base)
        with self._quietly():
            if self._composite.options != options:
                self._composite.options = options
            self._composite.value = base
            for part, row in self._by_part.items():
                row.show(changed.get(part))
        self._toggle.description = "blocks" + " •" * bool(changed)

    @contextmanager
    def _quietly(self):
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def _open(self, _):
        self._rows.layout.display = None if self.opened else "none"

    def _disable(self, _=None):
        for each in (self._composite, *self._by_part.values()):
            each.disabled = self.disabled


class BlockRule(VBox):
    """The rule of one part of the network, and a slider for its parameter if it has one.

    `rule` is the rule chosen, None for the composite's; `changed()` is called for another choice.
    """

    disabled = traitlets.Bool(False)

    def __init__(self, part, changed):
        names = FOR_INPUT if part == INPUT else FOR_BLOCKS
        options = [("as above", ""), *((words, name) for name, words in names.items())]
        self._kind = Dropdown(options=options, description="input" if part == INPUT else part)
        self._slider = SelectionSlider(options=[("", 0)])
        self._changed = changed
        for widget, name in ((self._kind, "block"), (self._slider, "parameter")):
            widget.add_class("lrp-control")
            widget.add_class(f"lrp-control-{name}")
            traitlets.link((self, "disabled"), (widget, "disabled"))
        super().__init__([self._kind, self._slider])
        self.rule = None
        self.show(None)
        self._kind.observe(self._another_kind, names="value")
        self._slider.observe(self._another_value, names="value")

    def show(self, rule):
        """Stand at a rule, None for the composite's, without calling `changed`."""
        name = "" if rule is None else spell(rule).split(":")[0]
        if name not in [value for _, value in self._kind.options]:
            words = OF_A_LINK.get(name) or rule_words.rule(rule)
            self._kind.options = [*self._kind.options, (words, name)]
        self.rule = rule
        self._kind.value = name
        self._lay_out(rule)

    def _lay_out(self, rule):
        suggested = dict(getattr(rule, "suggested", {}))
        self._slider.layout.display = None if suggested else "none"
        for parameter, values in suggested.items():
            value = getattr(rule, parameter)
            options = [(f"{each:.4g}", each) for each in sorted({*values, value})]
            if tuple(options) != tuple(self._slider.options):
                self._slider.options = options
            self._slider.value = value
            self._slider.description = rule.letters[parameter]

    def _another_kind(self, change):
        if change["new"] == ("" if self.rule is None else spell(self.rule).split(":")[0]):
            return
        self.rule = read_rule(change["new"]) if change["new"] else None
        self._lay_out(self.rule)
        self._changed()

    def _another_value(self, change):
        if self.rule is None or not self.rule.suggested:
            return
        [parameter] = self.rule.suggested
        if change["new"] == getattr(self.rule, parameter):
            return
        self.rule = read_rule(f"{self._kind.value}:{change['new']}")
        self._changed()


def _composites(own, present=OWN):
    """The composites to choose from, the network's own first; one rule for all if it is present."""
    listed = (OWN, *NAMES, *(FOR_ATTENTION if own in FOR_ATTENTION else ()))
    listed = listed if present in listed else (*listed, present)
    words = {OWN: f"own: {rule_words.rule_words(own)}"}
    return tuple((words.get(name) or rule_words.rule_words(name), name) for name in listed)
