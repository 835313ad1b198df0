// Two measures over the steps: rank correlation (solid) and share on the object (dashed).

import { element } from "../../shared/dom.js";
import { correlation, fixed } from "../../shared/format.js";

const CHART_SPACE = "http://www.w3.org/2000/svg";
const WIDE = 860;
const HIGH = 190;
const EDGE = { left: 34, right: 30, top: 14, bottom: 40 };

const MEASURES = [
  ["correlation", "correlation with the trained map", "lrp-chart-solid"],
  ["mass", "share on the object", "lrp-chart-dashed"],
];

export function stepChart(onStep) {
  const drawing = node("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img" });
  const legend = element(
    "div",
    { class: "lrp-chart-legend", "aria-hidden": "true" },
    ...MEASURES.map(([, words, name]) => element("span", { class: name }, words)),
    element("span", { class: "lrp-chart-thin" }, "thin: mean of all scenes"),
  );
  const whole = element(
    "figure",
    { class: "lrp-panel lrp-chart" },
    element("div", { class: "lrp-heading" }, "step by step, as far as you have gone"),
    drawing,
    legend,
  );

  return {
    node: whole,
    /** `names` of all steps; `steps` and `means` with the measures of those that have been seen. */
    draw(names, steps, means, at) {
      const x = (k) =>
        EDGE.left + ((WIDE - EDGE.left - EDGE.right) * k) / Math.max(1, names.length - 1);
      const low = Math.min(
        0,
        ...steps.map((s) => s.correlation),
        ...means.map((s) => s.correlation),
      );
      const y = (value) => EDGE.top + ((HIGH - EDGE.top - EDGE.bottom) * (1 - value)) / (1 - low);
      const drawn = [0, 0.5, 1].flatMap((value) => [
        node("line", {
          x1: EDGE.left,
          x2: WIDE - EDGE.right,
          y1: y(value),
          y2: y(value),
          class: "lrp-chart-grid",
        }),
        node("text", { x: EDGE.left - 5, y: y(value) + 4, class: "lrp-chart-end" }, String(value)),
      ]);
      drawn.push(
        node("line", {
          x1: x(at),
          x2: x(at),
          y1: EDGE.top,
          y2: HIGH - EDGE.bottom,
          class: "lrp-chart-at",
        }),
      );
      for (const [key, , name] of MEASURES) {
        const points = (of) => of.map((step, k) => `${x(k)},${y(step[key])}`).join(" ");
        const here = y(steps[at][key]);
        drawn.push(
          node("polyline", { points: points(means), class: `${name} lrp-chart-thin` }),
          node("polyline", { points: points(steps), class: name }),
        );
        drawn.push(node("circle", { cx: x(at), cy: here, r: 4, class: "lrp-chart-dot" }));
      }
      names.forEach((name, k) => {
        const lines = name
          .split("_")
          .map((part, line) => node("tspan", { x: x(k), dy: line ? 13 : 0 }, part));
        const label = node(
          "text",
          {
            y: HIGH - EDGE.bottom + 17,
            class: `lrp-chart-step${k === at ? " lrp-chart-here" : ""}`,
          },
          ...lines,
        );
        const hit = node("rect", {
          x: x(k) - 36,
          y: 0,
          width: 72,
          height: HIGH,
          class: "lrp-chart-hit",
        });
        hit.addEventListener("click", () => onStep(k));
        drawn.push(label, hit);
      });
      drawing.replaceChildren(...drawn);
      drawing.setAttribute(
        "aria-label",
        steps
          .map(
            (step, k) =>
              `${names[k]}: correlation ${correlation(step.correlation)}, on the object ${fixed(step.mass, 2)}`,
          )
          .join("; "),
      );
    },
  };
}

function node(tag, attributes, ...children) {
  const made = document.createElementNS(CHART_SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
