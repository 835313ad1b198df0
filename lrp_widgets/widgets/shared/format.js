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

/** A number in `digits` significant digits, with a true minus sign: 0.00081, −1.35, 8.1×10⁻⁷. */
export function number(value, digits = 3) {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size >= 1e-4 && size < 1e5) {
    const text = size.toPrecision(digits);
    return sign + (text.includes("e") ? String(Number(text)) : text);
  }
  const [factor, power] = size.toExponential(digits - 1).split("e");
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
  return value
    .toFixed(decimals)
    .replace(/^-(?=.*[1-9])/, "−")
    .replace(/^-/, "");
}

/** A probability or a correlation: two decimals, and more where they would round it to a full ±1. */
export function belowOne(value) {
  const size = Math.abs(value);
  if (size < 0.995 || size > 1 - 1e-12) return fixed(value, 2);
  if (size < 0.9995) return fixed(value, 3);
  return value < 0 ? "< −0.999" : "> 0.999";
}

/** A layer's total: three decimals, fewer for large logits, 5.49×10⁸ for larger ones. */
export function formatTotal(value) {
  if (Math.abs(value) >= 1e5) return number(value);
  return fixed(value, Math.abs(value) < 100 ? 3 : 1);
}

/** A share in percent: 98.2 %, 5.49×10¹⁰ %. */
export function percent(share, decimals = 1) {
  const value = 100 * share;
  return `${Math.abs(value) >= 1e5 ? number(value) : fixed(value, decimals)} %`;
}

export function shapeText(shape) {
  return shape.join("×");
}
