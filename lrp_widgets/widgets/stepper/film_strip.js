import { element, nameInLines } from "../shared/dom.js";
import { paintMap } from "../shared/heatmap.js";
import { proportions } from "../shared/map_view.js";
import { runsOf } from "./folding.js";

const SMOOTH_FROM = 64; // cells a side: finer maps are shrunk smoothly, coarser ones keep square cells

/** What a layer's frame is made of, besides its map. */
function looksOf({ name, rows, columns, kind_text }) {
  return [name, rows, columns, kind_text];
}

/** The film strip: one small map a layer, input on the left, output on the right.
 *
 *  Of a folded block its output alone. `folding`: which blocks are folded; `toggle(run)` folds or
 *  unfolds one. */
export function filmStrip(goTo, folding, toggle) {
  const frames = new Map();
  let standing = ""; // what the frames were made of
  const node = element("div", {
    class: "lrp-frames",
    role: "group",
    "aria-label": "Layers, input to output",
  });

  function frame(layer, lines, label) {
    const canvas = element("canvas", { "aria-hidden": "true" });
    const { high, wide } = proportions(layer.rows, layer.columns);
    canvas.style.aspectRatio = `${wide} / ${high}`;
    canvas.style.imageRendering = layer.columns > SMOOTH_FROM ? "auto" : "pixelated";
    canvas.classList.toggle("lrp-tall", layer.rows > layer.columns);
    const button = element(
      "button",
      {
        class: "lrp-frame",
        title: `${layer.name}: ${layer.kind_text}`,
        "aria-label": label,
        "data-layer": layer.name,
        onclick: () => goTo(layer.name),
      },
      element("span", { class: "lrp-frame-map" }, canvas),
      element("span", { class: "lrp-frame-name" }, ...lines),
    );
    frames.set(layer.name, { button, canvas });
    return button;
  }

  function toggleOf(run, folded) {
    const words = `${folded ? "Unfold" : "Fold"} ${run.block}, ${run.layers.length} layers`;
    return element(
      "button",
      {
        class: "lrp-fold-toggle",
        title: words,
        "aria-label": words,
        "aria-expanded": String(!folded),
        onclick: () => toggle(run),
      },
      folded ? "+" : "−",
    );
  }

  function group(run) {
    if (!run.folds)
      return run.layers.map((layer) => frame(layer, nameInLines(layer.name), layer.name));
    const folded = folding.isFolded(run);
    const out = run.layers.at(-1);
    const lines = [
      element("span", {}, run.block),
      " ",
      element("span", {}, `${run.layers.length} layers`),
    ];
    const shown = folded
      ? [frame(out, lines, `${run.block} ${run.layers.length} layers, folded: ${out.name}`)]
      : run.layers.map((layer) => frame(layer, nameInLines(layer.name), layer.name));
    const kind = folded ? "lrp-fold lrp-folded" : "lrp-fold";
    return [
      element(
        "div",
        { class: kind, role: "group", "aria-label": run.block },
        toggleOf(run, folded),
        ...shown,
      ),
    ];
  }

  return {
    node,
    /** Make a frame for every layer of a new explanation that is not folded away.
     *
     *  Those of the same network stand already: a slider's answers only draw their maps. */
    build(layers) {
      const runs = runsOf(layers);
      const wanted = JSON.stringify(
        runs.map((run) => [folding.isFolded(run), run.block, run.layers.map(looksOf)]),
      );
      if (wanted === standing) return;
      standing = wanted;
      frames.clear();
      const groups = runs.flatMap(group);
      node.style.setProperty("--lrp-count", String(frames.size));
      node.replaceChildren(...groups);
    },
    /** Draw the maps; `look(layer)` gives {map, limits, table}. */
    draw(layers, look) {
      for (const layer of layers) {
        if (!frames.has(layer.name)) continue;
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
