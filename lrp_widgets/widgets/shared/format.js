// Numbers in words, the same as those of _support/number_words.py: tests/number_cases.json holds
// both to one form. Halves are rounded to even, as Python does.

const SUPERSCRIPTS = {
  "-": "⁻",
  0: "⁰",
  1: "¹",
  2: "²",
  3: "³",
  4: "⁴",
  5: "⁵",
  6: "⁶",
  7: "⁷",
  8: "⁸",
  9: "⁹",
};
const FURTHER = 40; // digits after which nothing more comes, if they are a half exactly
const HALF = new RegExp(`\\.?50{${FURTHER - 1}}(?=e|$)`);

/** `size.toFixed(digits)` or `size.toExponential(digits)`, with an exact half rounded to even.
 *
 *  @param {number} size not negative
 *  @param {"toFixed" | "toExponential"} how
 *  @param {number} digits */
function rounded(size, how, digits) {
  const exact = size[how](digits + FURTHER);
  const below = exact.replace(HALF, "");
  const even = below !== exact && /[02468]$/.test(below.split("e")[0]);
  return even ? below : size[how](digits);
}

/** A number in `digits` significant digits, with a true minus sign: 0.000810, −1.35, 1498, 8.13×10⁻⁷.
 *
 *  A whole part is written whole up to 99999; "–" stands for what is not a number. */
export function number(value, digits = 3) {
  if (Number.isNaN(value)) return "–";
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}∞`;
  if (size === 0) return "0";
  const [factor, power] = rounded(size, "toExponential", digits - 1).split("e");
  if (Number(power) >= -4 && size < 99999.5)
    return sign + rounded(size, "toFixed", Math.max(0, digits - 1 - Number(power)));
  return `${sign}${factor}×${powerOfTen(Number(power))}`;
}

export function powerOfTen(power) {
  return `10${[...String(power)].map((c) => SUPERSCRIPTS[c]).join("")}`;
}

/** The same with its sign written also where it is positive: the sign is never told by colour alone. */
export function signed(value, digits = 3) {
  return (value > 0 ? "+" : "") + number(value, digits);
}

/** A number with so many decimals, with a true minus sign and none before a zero. */
export function fixed(value, decimals) {
  if (!Number.isFinite(value)) return number(value);
  const text = rounded(Math.abs(value), "toFixed", decimals);
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** A correlation: two decimals, and more where they would round it to a full ±1. */
export function correlation(r) {
  const size = Math.abs(r);
  if (!(size >= 0.995 && size <= 1 - 1e-12)) return fixed(r, 2);
  if (size < 0.9995) return fixed(r, 3);
  return r > 0 ? "> 0.999" : "< −0.999";
}

/** A probability: two decimals, more near 1, and never a plain zero. */
export function probability(p) {
  return p >= 0 && p < 0.005 ? "< 0.01" : correlation(p);
}

/** A layer's total: three decimals, one for large logits, 5.49×10⁸ for larger ones. */
export function formatTotal(value) {
  const size = Math.abs(value);
  if (size >= 99999.95) return number(value);
  return fixed(value, size < 99.9995 ? 3 : 1);
}

/** A share of 1 in percent: 98.2 %, 5.49×10¹⁰ %. */
export function percent(share, decimals = 1) {
  const value = 100 * share;
  if (Number.isNaN(value)) return number(value);
  return `${Math.abs(value) >= 99999.95 ? number(value) : fixed(value, decimals)} %`;
}

export function shapeText(shape) {
  return shape.join("×");
}
