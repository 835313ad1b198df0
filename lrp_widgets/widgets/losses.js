import { element } from "./dom.js";
import { percent } from "./format.js";

const WORTH_SAYING = 0.0005; // of the start: less would print as 0.0 %

/** In a line or two: how much arrived, and which layer lost the most, to what; a click goes there.
 *  `words`: the ledger's. */
export function lossesLine(goTo, words) {
  const node = element("div", { class: "lrp-losses" });
  return {
    node,
    build(layers, start) {
      const lost = (layer) => Object.keys(words).reduce((sum, key) => sum + Math.abs(layer.absorbed[key]), 0);
      const share = (value) => Math.abs(value / (start || 1));
      const pixels = layers.find(({ kind }) => kind === "input");
      const reached = `${percent(pixels.total / (start || 1))} of the start reached the ${pixels.shape.length > 2 ? "pixels" : "input"}`;
      const worst = layers.reduce((most, layer) => (lost(layer) > lost(most) ? layer : most));
      if (share(lost(worst)) < WORTH_SAYING) {
        node.replaceChildren(`Nothing was lost on the way: ${reached}.`);
        return;
      }
      const parts = Object.keys(words)
        .filter((key) => share(worst.absorbed[key]) >= WORTH_SAYING)
        .sort((a, b) => Math.abs(worst.absorbed[b]) - Math.abs(worst.absorbed[a]))
        .map((key, i) => `${percent(share(worst.absorbed[key]))} ${i ? "" : "of the start "}${words[key]}`);
      const text = parts.join(", ") || `${percent(share(lost(worst)))} of the start`;
      node.replaceChildren(`${reached}. Most lost: `, element("button", { class: "lrp-losses-go", title: `Go to ${worst.name}`, onclick: () => goTo(worst.name) }, worst.name), `, ${text}`);
    },
  };
}
