import { element } from "../shared/dom.js";
import { paintMap } from "../shared/heatmap.js";
import { frameOn, proportions } from "../shared/map_view.js";
import { FOUR } from "./step_bar.js";

/** The rule's four lines, the present one marked, and in words what it says. */
export function stepLines(go) {
  const lines = FOUR.map((step) =>
    element("div", { class: "lrp-line", "data-step": step, onclick: () => go(step) }),
  );
  const words = element("div", { class: "lrp-step-words", role: "status" });
  const list = element("div", { class: "lrp-lines lrp-equation" }, ...lines);
  return {
    node: element("div", { class: "lrp-step-side" }, list, words),
    build(steps) {
      // MathML that Python made from the rule's own LaTeX
      for (const [i, line] of lines.entries()) line.innerHTML = steps[FOUR[i]].line;
    },
    update(step, text) {
      list.hidden = !step;
      for (const line of lines) line.classList.toggle("lrp-current", line.dataset.step === step);
      words.textContent = text;
    },
  };
}

/** The map that the step is computed from, with the cells that feed the one looked at. */
export function operandView() {
  const title = element("div", { class: "lrp-small-text lrp-operand-title" });
  const canvas = element("canvas", { role: "img" });
  const mark = element("div", { class: "lrp-cell lrp-window" });
  const frame = element("div", { class: "lrp-operand-map" }, canvas, mark);
  const node = element(
    "div",
    { class: "lrp-operand" },
    title,
    element("div", { class: "lrp-picture-box" }, frame),
  );
  let painted = null;
  return {
    node,
    /** `look`: {key, name, layer, map, limits, table}; painted anew only where `key` is another. */
    show(look) {
      if (painted === look.key) return;
      painted = look.key;
      title.replaceChildren("from ", element("b", {}, look.name), ` of ${look.layer.name}`);
      title.title = title.textContent;
      canvas.setAttribute("aria-label", `${look.name} of ${look.layer.name}`);
      const { high, wide } = proportions(look.map.rows, look.map.columns);
      frame.style.setProperty("--lrp-rows", String(high));
      frame.style.setProperty("--lrp-columns", String(wide));
      paintMap(canvas, look.map, look.limits, look.table);
    },
    mark(region, grid) {
      mark.hidden = !region;
      if (region) frameOn(mark, region, grid);
    },
  };
}
