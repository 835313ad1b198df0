// A slider of layers with random weights, the map that they make, and the measures at every step.

import "../../shared/theme.css";
import "./map_row.css";
import "./parts.css";
import "./randomized_layers.css";
import { relevanceTable } from "../../shared/colormap.js";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { fixed, percent, probability } from "../../shared/format.js";
import { mapPanel } from "../../shared/map_panel.js";
import { keepsSettings } from "../kept_settings.js";
import { stepChart } from "./step_chart.js";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const picture = mapPanel("scene");
  const original = mapPanel("trained weights");
  const now = mapPanel("now");
  const scene = element("select", {
    class: "lrp-list",
    "aria-label": "drawn scene",
    onchange: () => put("scene", Number(scene.value)),
  });
  const slider = element("input", {
    type: "range",
    min: 0,
    step: 1,
    "aria-label": "layers with random weights, from the output",
  });
  slider.addEventListener("input", () => put("at", Number(slider.value)));
  const said = element("output", { class: "lrp-randomized-said" });
  const chart = stepChart((at) => put("at", at));
  const status = element("p", { class: "lrp-map-row-status", role: "status" });
  const control = element(
    "label",
    { class: "lrp-randomized-slider" },
    element("span", {}, "randomised from the top"),
    slider,
    said,
  );
  const card = element(
    "section",
    {
      class: "lrp-card lrp-map-row-card lrp-randomized",
      "aria-label": "Layers with random weights",
      onfocusin: keepKeys,
    },
    element("div", { class: "lrp-map-controls" }, element("label", {}, "Picture ", scene), control),
    element("div", { class: "lrp-map-row" }, picture.node, original.node, now.node),
    chart.node,
    status,
  );
  el.append(card);

  // The chart shows no step before it was chosen: it is to be predicted first.
  let furthest = 0;

  function put(trait, value) {
    model.set(trait, value);
    model.save_changes();
  }

  // ---- drawing ----
  function draw() {
    const steps = model.get("steps");
    status.textContent = model.get("status");
    if (!steps.length) return;
    const at = Math.min(model.get("at"), steps.length - 1);
    furthest = Math.max(furthest, at);
    const means = model.get("means");
    const layers = model.get("layers");
    const { kind, rows, columns, covered } = model.get("drawn");
    const size = rows * columns;
    const table = relevanceTable(bytesOf(model.get("table")));
    const view = model.get("maps");
    const map = (k) => ({
      rows,
      columns,
      values: new Float32Array(
        view.buffer.slice(view.byteOffset + 4 * size * k, view.byteOffset + 4 * size * (k + 1)),
      ),
    });
    picture.picture({ rows, columns, bytes: bytesOf(model.get("picture")) });
    picture.title(`scene ${model.get("scene") + 1}: ${kind}`);
    picture.describe(`The drawn scene: a ${kind}`);
    const heads = ["this scene", `mean of ${model.get("scenes")}`];
    picture.numbers(heads, [["object covers", ...covered.map((share) => percent(share))]]);
    original.map(map(0), steps[0].limit, table);
    now.map(map(at), steps[at].limit, table);
    for (const panel of [original, now]) {
      const k = panel === now ? at : 0;
      panel.describe(`Relevance map: ${percent(steps[k].mass)} on the object`);
      panel.numbers(heads, linesOf(steps[k], means[k], panel === now));
    }
    const mask = bytesOf(model.get("outline"));
    for (const panel of [picture, original, now]) panel.outline(mask, rows, columns);
    const words = at
      ? `down to ${layers[at - 1]} (${at} of ${layers.length} layers)`
      : "none: all weights as trained";
    const says = (step) => `“${step.predicted}”, ${probability(step.probability)}`;
    original.title(`trained: ${says(steps[0])}`);
    now.title(`now: ${says(steps[at])}`);
    slider.max = layers.length;
    slider.valueAsNumber = at;
    slider.setAttribute("aria-valuetext", words);
    said.textContent = words;
    if (scene.options.length !== model.get("scenes")) {
      scene.replaceChildren(
        ...Array.from({ length: model.get("scenes") }, (_, k) =>
          element("option", { value: k }, `drawn scene ${k + 1}`),
        ),
      );
    }
    scene.value = String(model.get("scene"));
    const seen = furthest + 1;
    chart.draw(["trained", ...layers], steps.slice(0, seen), means.slice(0, seen), at);
  }

  // ---- wiring ----
  const unfollow = follow(model, [[["steps", "means", "at", "status"], draw]]);
  draw();
  return () => {
    unfollow();
    card.remove();
  };
}

function linesOf(step, mean, withCorrelation) {
  const both = (write) => [write(step), write(mean)];
  return [
    ["entropy", ...both((each) => fixed(each.entropy, 3))],
    ["share on object", ...both((each) => percent(each.mass))],
    ["rank accuracy", ...both((each) => percent(each.rank_accuracy))],
    ...(withCorrelation ? [["correlation", ...both((each) => fixed(each.correlation, 3))]] : []),
  ];
}

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

// Not the step: what it shows is to be predicted first.
const initialize = keepsSettings("randomized-layers", ["scene"]);

export default { initialize, render };
