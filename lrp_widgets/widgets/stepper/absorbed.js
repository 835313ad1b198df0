import { element } from "../shared/dom.js";

/** In a line or two: how much arrived, and by cause what was lost and gained; a click on a layer's
 *  name goes there. The words are Python's (`conservation_warning.pieces`). */
export function absorbedLine(goTo) {
  const node = element("div", { class: "lrp-absorbed" });
  const link = (text, layer) =>
    element(
      "button",
      { class: "lrp-go-layer", title: `Go to ${layer}`, onclick: () => goTo(layer) },
      text,
    );
  return {
    node,
    build(pieces) {
      node.replaceChildren(...pieces.map(([text, layer]) => (layer ? link(text, layer) : text)));
    },
  };
}
