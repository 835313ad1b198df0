// BatchNorm by numbers: two columns of layers, as trained and as relevance passes them, with what each puts out.

import "../../shared/theme.css";
import "./parts.css";
import "./batch_norm_folding.css";
import { element, keepKeys } from "../../shared/dom.js";
import { number } from "../../shared/format.js";
import { segments } from "../../shared/segments.js";
import { keepsSettings } from "../kept_settings.js";

const PLACES = 7; // columns of numbers: five values, and one of padding on each side
/** @type {[string, string, string, number, number][]} */
const SLIDERS = [
  ["gamma", "γ", "scale γ", -2, 2],
  ["beta", "β", "shift β", -2, 2],
  ["mean", "μ", "mean μ", -2, 2],
  ["variance", "σ²", "variance σ²", 0.25, 9],
];

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const places = segments("Where the BatchNorm stands", Object.entries(model.get("ways")), (way) =>
    put("way", way),
  );
  const rows = SLIDERS.map((each) => foldSlider(each, put));
  const told = element("p", { class: "lrp-bnfold-told", role: "status" });
  const columns = [
    ["before", "as it was trained"],
    ["after", "as relevance passes it"],
  ].map(([side, title]) => {
    const list = element("ol", { class: "lrp-bnfold-stages" });
    return {
      side,
      list,
      node: element(
        "div",
        { "data-side": side },
        element("div", { class: "lrp-heading" }, title),
        list,
      ),
    };
  });
  const note = element("p", { class: "lrp-bnfold-note", role: "status" });
  const card = element(
    "section",
    { class: "lrp-card lrp-bnfold", "aria-label": "BatchNorm by numbers", onfocusin: keepKeys },
    element("div", {}, places.node),
    element("div", { class: "lrp-bnfold-sliders" }, ...rows.map(({ node }) => node)),
    told,
    element("div", { class: "lrp-bnfold-columns" }, ...columns.map(({ node }) => node)),
    note,
  );
  el.append(card);

  function put(name, value) {
    model.set(name, value);
    model.save_changes();
  }

  // ---- drawing ----
  function draw() {
    const { scale, offset, difference, note: said, ...sides } = model.get("numbers");
    places.set(model.get("way"));
    for (const row of rows) row.update(model.get(row.name));
    const zero = scale ? `; zero at t = −offset/scale = ${number(-offset / scale)}` : "";
    told.textContent = `scale = γ/√σ² = ${number(scale)}; offset = β − scale·μ = ${number(offset)}${zero}`;
    for (const { side, list } of columns) list.replaceChildren(...sides[side].map(stage));
    note.textContent = `${said} Largest difference of the two outputs: ${number(difference, 2)}`;
  }

  // ---- wiring ----
  model.on("change:numbers", draw);
  draw();
  return () => {
    model.off("change:numbers", draw);
    card.remove();
  };
}

/** A layer: its name and what it computes, and its values, each in its place. */
function stage({ name, words, values, rewritten }) {
  const first = Math.floor((PLACES - values.length) / 2) + 1;
  const cells = values.map((value, k) => {
    const cell = element("span", {}, number(value));
    cell.style.gridColumn = first + k;
    return cell;
  });
  return element(
    "li",
    { class: rewritten ? "lrp-bnfold-rewritten" : "" },
    element(
      "div",
      {},
      element("b", {}, name),
      ` ${words}`,
      rewritten ? element("em", {}, " · rewritten") : "",
    ),
    element("div", { class: "lrp-bnfold-values" }, ...cells),
  );
}

function foldSlider([name, label, spoken, min, max], put) {
  const input = element("input", {
    type: "range",
    min,
    max,
    step: 0.25,
    "aria-label": spoken,
    oninput: () => put(name, Number(input.value)),
  });
  const output = element("output", {});
  return {
    name,
    node: element(
      "label",
      { class: "lrp-slider-row lrp-bnfold-slider" },
      element("span", {}, label),
      input,
      output,
    ),
    update(value) {
      if (Number(input.value) !== value) input.value = value;
      output.textContent = number(value);
    },
  };
}

const initialize = keepsSettings("batch-norm-folding", [
  "way",
  "gamma",
  "beta",
  "mean",
  "variance",
]);

export default { initialize, render };
