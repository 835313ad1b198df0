// Colour tables of 256 entries: 128 is the middle (zero of a symmetric scale), 1 and 255 are the
// limits. Those of relevance come from _support.colors, so that page and figures agree.

const MIDDLE = 128;
const STEPS = 127;
const INK = [29, 37, 48];

export function pack(red, green, blue) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** The table of a relevance map, from the (256, 3) bytes that Python sent. */
export function relevanceTable(bytes) {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) table[i] = pack(bytes[3 * i], bytes[3 * i + 1], bytes[3 * i + 2]);
  return table;
}

/** The table of activations: from white to ink, so that nobody takes it for relevance. */
export function activationTable() {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const depth = Math.max(0, i - 1) / (2 * STEPS);
    table[i] = pack(...INK.map((c) => Math.round(255 + (c - 255) * depth)));
  }
  return table;
}

/** A function from a value to its entry in a table. */
export function indexer({ low, high }) {
  const middle = (low + high) / 2;
  const factor = high > low ? (2 * STEPS) / (high - low) : 0;
  return (value) => {
    const step = Math.round((value - middle) * factor);
    return MIDDLE + Math.max(-STEPS, Math.min(STEPS, step));
  };
}

export function cssColor(packed) {
  return `rgb(${packed & 255} ${(packed >> 8) & 255} ${(packed >> 16) & 255})`;
}

export function cssGradient(table) {
  const stops = Array.from({ length: 17 }, (_, i) => table[Math.round(1 + (i * 2 * STEPS) / 16)]);
  return `linear-gradient(90deg, ${stops.map(cssColor).join(", ")})`;
}
