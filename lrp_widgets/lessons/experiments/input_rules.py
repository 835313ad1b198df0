"""The rules for the pixels that lesson 6 compares on one window."""

from ...lrp.rules import Flat, Ones, WSquare, ZBox, ZPlus

DARKEST, BRIGHTEST = 0.0, 1.0  # what a pixel can be, and so the bounds of z^B

RULES = {
    "z⁺, the pixels": ZPlus(),
    "z⁺, x = 1": Ones(),
    "w²": WSquare(),
    "z^B": ZBox(DARKEST, BRIGHTEST),
    "flat": Flat(),
}
