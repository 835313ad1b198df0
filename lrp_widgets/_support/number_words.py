"""Numbers in words, the same in figures, tables and sentences."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value, digits=3):
    """Return a number in so many significant digits: 0.00081, −1.35, 8.1×10⁻⁷."""
    value = float(value)
    if value == 0:
        return "0"
    if 1e-4 <= abs(value) < 1e5:
        text = f"{value:#.{digits}g}".rstrip(".")
        text = text if "e" not in text else f"{value:.0f}"
    else:
        factor, power = f"{value:.{digits - 1}e}".split("e")
        text = f"{factor}×10{str(int(power)).translate(_SUPERSCRIPTS)}"
    return minus(text)


def signed(value, digits=3):
    """Return the same with its sign also where it is positive: colour never tells it alone."""
    return ("+" if value > 0 else "") + number(value, digits)


def total(value):
    """Return a layer's total: three decimals, one for large logits, 5.49×10⁸ for larger ones."""
    if abs(value) >= 1e5:
        return number(value)
    return minus(f"{value:.{3 if abs(value) < 100 else 1}f}")


def share(value, whole):
    """Return value as a percentage of whole: "98.2 %", "5.49×10¹⁰ %"; "–" if the whole is zero."""
    if not whole:
        return "–"
    percent = 100 * value / whole
    return f"{number(percent)} %" if abs(percent) >= 1e5 else minus(f"{percent:.1f} %")


def correlation(r):
    """Return a correlation in words: "−0.12", "0.998", "> 0.999"; "1.00" is exact, "–" is NaN."""
    if r != r:
        return "–"
    if abs(r) < 0.995 or abs(r) > 1 - 1e-12:
        return minus(f"{r:.2f}")
    if abs(r) < 0.9995:
        return minus(f"{r:.3f}")
    return "> 0.999" if r > 0 else "< −0.999"


def minus(text):
    """Return a formatted number with a true minus sign, and none before a zero."""
    if text.startswith("-") and not text.strip("-0. %"):
        return text[1:]
    return text.replace("-", "−")
