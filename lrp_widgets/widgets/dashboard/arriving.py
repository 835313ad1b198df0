"""Bring the stepper to the place that an address names; each returns notes of what is not there."""

from ..microscope.unit_payload import has_unit
from ..settings.url_state import shortened
from ..shared.pinned import read_pin, unit_place


def go_to_layer(stepper, explanation, layer):
    """Show the address's layer, or the input: the map of the picture says what a page is about."""
    there = layer in explanation.totals
    stepper.current = layer if there else explanation.layers[0].name
    if there or layer is None:
        return []
    return [
        f"The address names the layer “{shortened(layer)}”, "
        f"which {explanation.network.name} has not."
    ]


def choose_channel(stepper, channel):
    """Show the address's channel, or the sum of all."""
    shown = stepper.current
    count = next(each["channels"] for each in stepper.layers if each["name"] == shown)
    there = channel < count
    stepper.channel = channel if there else -1
    if there:
        return []
    last = f"from 0 to {count - 1}" if count > 1 else "one alone"
    return [f"The address names channel {channel}; those of {shown} are {last}."]


def choose_concept(stepper, channel):
    """Show what the address's channel stands for, or nothing."""
    shown = stepper.current
    count = next(each["units"] for each in stepper.layers if each["name"] == shown)
    stepper.concept = channel if channel < count else -1
    if channel < count:
        return []
    return [f"The address names channel {channel}; those of {shown} are from 0 to {count - 1}."]


def mark_place(stepper, explanation, pin):
    """Mark the address's place."""
    stepper.pin = {} if pin is None else read_pin(pin, explanation)
    if pin is None or stepper.pin:
        return []
    return [
        f"The address marks the place “{shortened(pin)}”, which {explanation.network.name} has not."
    ]


def look_at_unit(stepper, explanation, unit):
    """Put the address's unit under the microscope."""
    if unit is not None and has_unit(explanation, *unit_place(unit)):
        stepper.look(*unit_place(unit))
        return []
    stepper.leave()
    if unit is None:
        return []
    return [
        f"The address names the unit “{shortened(unit)}”, which {explanation.network.name} has not."
    ]
