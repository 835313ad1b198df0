"""Numbers in words, the same in figures, tables, sentences and on the page.

The page's are those of widgets/shared/format.js; tests/number_cases.json holds both to one form.
Halves are rounded to even, as Python does.
"""

import math

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value, digits=3):
    """Return a number in so many significant digits: 0.000810, −1.35, 1498, 8.13×10⁻⁷.

    A whole part is written whole up to 99999; "–" stands for what is not a number.
    """
    value = float(value)
    if not math.isfinite(value):
        return "–" if math.isnan(value) else minus(f"{value:.0f}".replace("inf", "∞"))
    if value == 0:
        return "0"
    factor, power = f"{value:.{digits - 1}e}".split("e")
    power = int(power)
    if power >= -4 and abs(value) < 99999.5:
        return minus(f"{value:.{max(0, digits - 1 - power)}f}")
    return minus(f"{factor}×10") + str(power).translate(_SUPERSCRIPTS)


def signed(value, digits=3):
    """Return the same with its sign also where it is positive: colour never tells it alone."""
    return ("+" if value > 0 else "") + number(value, digits)


def fixed(value, decimals):
    """Return a number with so many decimals, with a true minus sign and none before a zero."""
    return minus(f"{value:.{decimals}f}") if math.isfinite(value) else number(value)


def total(value):
    """Return a layer's total: three decimals, one for large logits, 5.49×10⁸ for larger ones."""
    if abs(value) >= 99999.95:
        return number(value)
    return fixed(value, 3 if abs(value) < 99.9995 else 1)


def percent(share, decimals=1):
    """Return a share of 1 as a percentage: "98.2 %", "5.49×10¹⁰ %"."""
    value = 100 * share
    if math.isnan(value):
        return number(value)
    return f"{number(value) if abs(value) >= 99999.95 else fixed(value, decimals)} %"


def share(value, whole):
    """Return value as a percentage of whole; "–" if the whole is zero."""
    return percent(value / whole) if whole else "–"


def correlation(r):
    """Return a correlation in words: "−0.12", "0.998", "> 0.999"; "1.00" is exact, "–" is NaN."""
    if not 0.995 <= abs(r) <= 1 - 1e-12:
        return fixed(r, 2)
    if abs(r) < 0.9995:
        return fixed(r, 3)
    return "> 0.999" if r > 0 else "< −0.999"


def probability(p):
    """Return a probability in words: "0.12", "0.997", "> 0.999", "< 0.01"; "1.00" is exact."""
    return "< 0.01" if 0 <= p < 0.005 else correlation(p)


def minus(text):
    """Return a formatted number with a true minus sign, and none before a zero."""
    if text.startswith("-") and not text.strip("-0. %"):
        return text[1:]
    return text.replace("-", "−")
