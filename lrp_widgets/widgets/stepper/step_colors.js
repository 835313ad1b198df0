import { activationLimits, relevanceLimits } from "../shared/color_limits.js";
import { pack } from "../shared/colormap.js";

// A hue for each of z, s and c, none of them relevance's or the activations' gray: teal, ochre and
// violet above zero stay apart for colour-blind readers too, and zero is white. From white outwards.
const HUES = {
  z: {
    above: ["#ffffff", "#c9ebe4", "#86cdc4", "#3d9f97", "#0d6f69", "#003c3a"],
    below: ["#ffffff", "#fadbe9", "#efa9cb", "#d86aa2", "#ab3375", "#6b1147"],
  },
  s: {
    above: ["#ffffff", "#f8ecc2", "#e9ce7c", "#c9a035", "#937010", "#553f00"],
    below: ["#ffffff", "#dde6ee", "#b0c4d4", "#7b9ab2", "#476c87", "#1f4059"],
  },
  c: {
    above: ["#ffffff", "#e4dcf3", "#bfaee2", "#9278c9", "#64419f", "#371666"],
    below: ["#ffffff", "#dfeccf", "#b3d193", "#7fac57", "#4d7d2a", "#244c0c"],
  },
};

/** The colour at `depth`, 0 (white) to 1, between the stops of a hue. */
function hueAt(stops, depth) {
  const place = depth * (stops.length - 1);
  const from = Math.min(Math.floor(place), stops.length - 2);
  const part = (stop, i) => parseInt(stop.slice(2 * i + 1, 2 * i + 3), 16);
  const mix = (i) =>
    part(stops[from], i) + (part(stops[from + 1], i) - part(stops[from], i)) * (place - from);
  return pack(...[0, 1, 2].map((i) => Math.round(mix(i))));
}

const hueTable = (colorAt) =>
  Uint32Array.from({ length: 256 }, (_, i) => colorAt((Math.max(i, 1) - 1) / 254));

const STEP_TABLES = Object.fromEntries(
  Object.entries(HUES).map(([step, { above, below }]) => [
    step,
    {
      above: hueTable((t) => hueAt(above, t)),
      below: hueTable((t) => hueAt(below, 1 - t)),
      both: hueTable((t) => (t < 0.5 ? hueAt(below, 1 - 2 * t) : hueAt(above, 2 * t - 1))),
    },
  ]),
);

/** Limits and colours for the values of step z, s or c: from zero on where all have one sign, else
 *  symmetric about zero. `barTable` is symmetric in any case. */
export function stepColors(step, values, percent) {
  const tables = STEP_TABLES[step];
  const barTable = tables.both;
  if (values.every((value) => value >= 0))
    return {
      limits: activationLimits(values, "symmetric", percent),
      table: tables.above,
      barTable,
    };
  if (values.every((value) => value <= 0)) {
    const { high } = activationLimits(
      values.map((value) => -value),
      "symmetric",
      percent,
    );
    return { limits: { low: -high, high: 0 }, table: tables.below, barTable };
  }
  return { limits: relevanceLimits(values, "symmetric", percent), table: barTable, barTable };
}
