import { nameInLines, element } from "./dom.js";
import { paintMap } from "./heatmap.js";

const SMOOTH_FROM = 64; // cells a side: finer maps are shrunk smoothly, coarser ones keep square cells

/** The film strip: one small map a layer, input on the left, output on the right. */
export function filmStrip(goTo) {
  const frames = new Map();
  const node = element("div", { class: "lrp-frames", role: "group", "aria-label": "Way through the network, input to output" });

  function frame(layer) {
    const canvas = element("canvas", { "aria-hidden": "true" });
    canvas.style.aspectRatio = `${layer.columns} / ${layer.rows}`;
    canvas.style.imageRendering = layer.columns > SMOOTH_FROM ? "auto" : "pixelated";
    canvas.classList.toggle("lrp-tall", layer.rows > layer.columns);
    const label = element("span", { class: "lrp-frame-name" }, ...nameInLines(layer.name));
    const button = element(
      "button",
      {
        class: "lrp-frame",
        title: `${layer.name}: ${layer.kind_text}`,
        "aria-label": layer.name,
        "data-layer": layer.name,
        onclick: () => goTo(layer.name),
      },
      element("span", { class: "lrp-frame-map" }, canvas),
      label,
    );
    return { button, canvas };
  }

  return {
    node,
    /** Make a frame for every layer of a new explanation. */
    build(layers) {
      frames.clear();
      for (const layer of layers) frames.set(layer.name, frame(layer));
      node.style.setProperty("--lrp-count", layers.length);
      node.replaceChildren(...[...frames.values()].map(({ button }) => button));
    },
    /** Draw the maps; `look(layer)` gives {map, limits, table}. */
    draw(layers, look) {
      for (const layer of layers) {
        const { map, limits, table } = look(layer);
        paintMap(frames.get(layer.name).canvas, map, limits, table);
      }
    },
    mark(name, takeFocus) {
      for (const [layer, { button }] of frames) {
        const current = layer === name;
        if (current) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
        button.tabIndex = current ? 0 : -1;
        if (current && takeFocus) button.focus({ preventScroll: true });
      }
    },
    /** Scroll inside the strip, never the page, until the current frame is in view. */
    reveal(name) {
      const button = frames.get(name)?.button;
      if (!button || node.scrollWidth <= node.clientWidth) return;
      node.scrollLeft = button.offsetLeft - (node.clientWidth - button.offsetWidth) / 2;
    },
  };
}
