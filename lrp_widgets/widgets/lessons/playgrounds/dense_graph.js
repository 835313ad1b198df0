// A dense layer as a graph: outputs on the left (relevance comes in), inputs on the right.

import "../../shared/theme.css";
import "./parts.css";
import "./dense_graph.css";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { number, signed } from "../../shared/format.js";
import { segments } from "../../shared/segments.js";
import { sum } from "../../shared/sum.js";
import { keepsSettings } from "../kept_settings.js";

const SPACE = "http://www.w3.org/2000/svg";
const WIDTH = 420;
const HEIGHT = 330;
const TOP = 26; // room for what stands above the columns
const OUT_X = 70;
const IN_X = 350;
const RADIUS = 30;
const THICKEST = 26;
const STEP_NAMES = ["z", "s", "c", "R"];

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const graph = svg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: "img",
    class: "lrp-graph-drawing",
  });
  const sliders = element("div", { class: "lrp-graph-sliders" });
  const lines = STEP_NAMES.map((name, at) => stepLine(name, () => choose(at)));
  const steps = element(
    "div",
    { class: "lrp-graph-steps", role: "group", "aria-label": "The four steps" },
    ...lines.map((line) => line.node),
  );
  const sums = element("p", { class: "lrp-graph-sums", role: "status" });
  const rules = segments(
    "Rule",
    model.get("rule_names").map((name) => [name, name]),
    (name) => put("rule_name", name),
  );
  rules.node.hidden = !model.get("rule_names").length;
  const card = element(
    "section",
    { class: "lrp-card lrp-graph", "aria-label": "A dense layer", onfocusin: keepKeys },
    element("div", { class: "lrp-graph-picture" }, graph, sums),
    element("div", { class: "lrp-graph-side" }, rules.node, sliders, steps),
  );
  el.append(card);

  // ---- state ----
  const size = () => ({ inputs: model.get("x").length, outputs: model.get("relevance").length });
  const rows = [];

  function choose(at) {
    model.set("step", at);
    model.save_changes();
  }

  /** Sliders in three groups: x, w and R (and b, where there is one). */
  function buildSliders() {
    const { inputs, outputs } = size();
    const limits = model.get("limits");
    const group = (title, ...children) =>
      element(
        "div",
        { class: "lrp-graph-group" },
        element("div", { class: "lrp-heading" }, title),
        ...children,
      );
    const row = (label, spoken, range, get, set) => {
      const made = sliderRow(label, spoken, range, get, set);
      rows.push(made);
      return made.node;
    };
    const all = (count, make) => Array.from({ length: count }, (_, k) => make(k));
    sliders.replaceChildren(
      group(
        "inputs x",
        ...all(inputs, (i) =>
          row(
            `x${sub(i)}`,
            `input ${i + 1}`,
            limits.x,
            () => model.get("x")[i],
            (v) => put("x", replaced(model.get("x"), i, v)),
          ),
        ),
      ),
      ...all(outputs, (j) =>
        group(
          `weights to output ${j + 1}`,
          ...all(inputs, (i) =>
            row(
              `w${sub(i)}${sub(j)}`,
              `weight from input ${i + 1} to output ${j + 1}`,
              limits.w,
              () => model.get("weights")[i][j],
              (v) => {
                const weights = model.get("weights").map((line) => [...line]);
                weights[i][j] = v;
                put("weights", weights);
              },
            ),
          ),
          ...(model.get("bias").length
            ? [
                row(
                  `b${sub(j)}`,
                  `bias of output ${j + 1}`,
                  limits.b,
                  () => model.get("bias")[j],
                  (v) => put("bias", replaced(model.get("bias"), j, v)),
                ),
              ]
            : []),
        ),
      ),
      group(
        "relevance R of the outputs",
        ...all(outputs, (j) =>
          row(
            `R${sub(j)}`,
            `relevance of output ${j + 1}`,
            limits.R,
            () => model.get("relevance")[j],
            (v) => put("relevance", replaced(model.get("relevance"), j, v)),
          ),
        ),
      ),
    );
  }

  function put(trait, value) {
    model.set(trait, value);
    model.save_changes();
  }

  // ---- drawing ----
  function draw() {
    const { inputs, outputs } = size();
    const { edges, contributions, z, s, c, received, absorbed } = model.get("numbers");
    const step = model.get("step");
    rules.set(model.get("rule_name"));
    const spread = (k, count) => TOP + ((HEIGHT - TOP) * (k + 0.5)) / count;
    const outAt = (j) => spread(j, outputs);
    const inAt = (i) => spread(i, inputs);
    // z gathers contributions; afterwards relevance flows back along the same edges.
    const shown = step === 0 ? contributions : edges;
    const largest = Math.max(...shown.flat().map(Math.abs), 1e-30);
    const arrow = step === 0 ? "← contributions" : "relevance →";
    const drawn = [
      caption(OUT_X, "outputs j"),
      caption((OUT_X + IN_X) / 2, arrow),
      caption(IN_X, "inputs i"),
    ];
    for (let i = 0; i < inputs; i += 1) {
      for (let j = 0; j < outputs; j += 1) {
        drawn.push(
          ...edge(
            shown[i][j],
            largest,
            [OUT_X, outAt(j)],
            [IN_X, inAt(i)],
            0.3 + (0.4 * i) / Math.max(1, inputs - 1),
          ),
        );
      }
    }
    const output = [z, s, model.get("relevance"), model.get("relevance")];
    const input = [model.get("x"), model.get("x"), c, received];
    for (let j = 0; j < outputs; j += 1)
      drawn.push(...unit(OUT_X, outAt(j), `${"zsRR"[step]}${sub(j)}`, output[step][j]));
    for (let i = 0; i < inputs; i += 1)
      drawn.push(...unit(IN_X, inAt(i), `${"xxcR"[step]}${sub(i)}`, input[step][i]));
    graph.replaceChildren(...drawn);
    const given = sum(model.get("relevance"));
    const got = sum(received);
    graph.setAttribute(
      "aria-label",
      `Outputs give ${number(given)}; the inputs receive ${received.map((v) => number(v)).join(", ")}`,
    );
    const kept = Object.entries(absorbed).filter(([, value]) => Math.abs(value) > 1e-6);
    sums.textContent = `ΣR of the outputs ${number(given)} → ΣR of the inputs ${number(got)}${kept.map(([name, value]) => ` + ${name} ${number(value)}`).join("")}`;
    const values = [z, s, c, received];
    for (const [at, line] of lines.entries())
      line.update(model.get("steps")[at], values[at], at === step);
    for (const row of rows) row.update();
  }

  // ---- wiring ----
  const unfollow = follow(model, [[["numbers", "step", "rule_name"], draw]]);
  buildSliders();
  draw();
  return () => {
    unfollow();
    card.remove();
  };
}

const sub = (k) => "₁₂₃₄₅₆₇₈₉"[k];
const replaced = (list, at, value) => list.map((old, k) => (k === at ? value : old));

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** An edge as thick as what flows, red for more, blue and dashed for less than nothing. */
function edge(value, largest, [x1, y1], [x2, y2], at) {
  const width = (THICKEST * Math.abs(value)) / largest;
  const sign = value > 0 ? "plus" : value < 0 ? "minus" : "none";
  const line = svg("line", {
    x1,
    y1,
    x2,
    y2,
    "stroke-width": Math.max(1, width),
    class: `lrp-edge lrp-edge-${sign}`,
  });
  // Numbers sit where edges are apart, each at another height.
  const x = x1 + (x2 - x1) * at;
  const y = y1 + (y2 - y1) * at;
  const text = svg("text", { x, y: y + 4, class: "lrp-edge-number" }, value ? signed(value) : "0");
  return [line, text];
}

const caption = (x, text) => svg("text", { x, y: 14, class: "lrp-graph-caption" }, text);

function unit(x, y, name, value) {
  return [
    svg("circle", { cx: x, cy: y, r: RADIUS, class: "lrp-node" }),
    svg("text", { x, y: y - 5, class: "lrp-node-name" }, name),
    svg("text", { x, y: y + 13, class: "lrp-node-number" }, number(value)),
  ];
}

function stepLine(name, choose) {
  const button = element(
    "button",
    { type: "button", class: "lrp-graph-step-name", onclick: choose },
    name,
  );
  const equation = element("span", { class: "lrp-graph-equation" });
  const values = element("span", { class: "lrp-graph-values" });
  return {
    node: element("div", { class: "lrp-graph-step" }, button, equation, values),
    update(mathml, numbers, on) {
      button.setAttribute("aria-pressed", String(on));
      if (equation.dataset.shown !== mathml) {
        equation.innerHTML = mathml;
        equation.dataset.shown = mathml;
      }
      values.textContent = numbers.map((value) => number(value)).join("   ");
    },
  };
}

function sliderRow(label, spoken, [min, max], get, set) {
  const input = element("input", { type: "range", min, max, step: 0.05, "aria-label": spoken });
  const value = element("output", {});
  input.addEventListener("input", () => set(Number(input.value)));
  return {
    node: element(
      "label",
      { class: "lrp-slider-row lrp-graph-row" },
      element("span", {}, label),
      input,
      value,
    ),
    update() {
      if (document.activeElement !== input || Number(input.value) !== get()) input.value = get();
      value.textContent = number(get());
    },
  };
}

const initialize = keepsSettings("dense-graph", [
  "x",
  "weights",
  "relevance",
  "bias",
  "step",
  "rule_name",
]);

export default { initialize, render };
