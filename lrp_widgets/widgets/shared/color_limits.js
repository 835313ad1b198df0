// The values that get the outermost colours, as _support.colors.find_limits defines them.

/** The percentile of sorted values, interpolated between neighbours as NumPy does. */
function percentileOf(sorted, percent) {
  const position = (percent / 100) * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

function extremes(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/** Limits for relevance. symmetric: ± the percentile of |R|, or ± the maximum where that is zero. */
export function relevanceLimits(values, scale, percent) {
  if (scale === "min-max") return extremes(values);
  const sizes = Float32Array.from(values, Math.abs).sort();
  const high = percentileOf(sizes, percent) || sizes[sizes.length - 1];
  return { low: -high, high };
}

/** Limits for activations: from zero, or the lowest percentile below it, to the highest. */
export function activationLimits(values, scale, percent) {
  if (scale === "min-max") return extremes(values);
  const sorted = Float32Array.from(values).sort();
  const high = percentileOf(sorted, percent) || sorted[sorted.length - 1];
  const low = Math.min(0, percentileOf(sorted, 100 - percent));
  return { low, high: Math.max(high, low) };
}

/** The share of values beyond the limits. */
export function clippedShare(values, { low, high }) {
  let beyond = 0;
  for (const value of values) if (value < low || value > high) beyond++;
  return values.length ? beyond / values.length : 0;
}
