// A backward pass that may lose relevance: its rule, its ε, and a table of every layer's total and ledger.

import "../../shared/theme.css";
import "./parts.css";
import "./conservation.css";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { formatTotal, number, percent, powerOfTen, signed } from "../../shared/format.js";
import { segments } from "../../shared/segments.js";
import { keepsSettings } from "../kept_settings.js";

const LEAKY_RULES = [
  ["z-plus", "z⁺", "The post's rule: the bias takes no part"],
  ["z-plus-bias", "z⁺ with bias", "b⁺ joins the denominator and keeps its share"],
  ["epsilon", "ε-rule", "All contributions, of both signs, and the bias count"],
];
const LEAKY_WEIGHTS = [
  ["pretrained", "trained", "mini-vgg with its trained weights"],
  ["random", "random", "Random weights, and no biases"],
];
const ENTRIES = ["bias", "stabilizer", "dead", "padding", "rounding"];
const UNSEEN = 5e-7; // what is smaller is written as "≈ 0"

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const put = (trait, value) => {
    model.set(trait, value);
    model.save_changes();
  };
  const rule = segments("Rule", LEAKY_RULES, (value) => put("rule", value));
  const weights = segments("Weights", LEAKY_WEIGHTS, (value) => put("weights", value));
  const [least, most] = model.get("powers");
  const slider = element("input", {
    type: "range",
    min: least,
    max: most,
    step: 0.25,
    "aria-label": "stabilizer ε",
    oninput: () => put("power", Number(slider.value)),
  });
  const epsilon = element("output", {});
  const body = element("tbody", {});
  const said = element("p", { class: "lrp-conservation-said", role: "status" });
  const head = ["layer", "total ΣR", "", ...ENTRIES].map((text) =>
    element("th", text ? { scope: "col" } : { "aria-hidden": "true" }, text),
  );
  const card = element(
    "section",
    {
      class: "lrp-card lrp-conservation",
      "aria-label": "A backward pass and its ledger",
      onfocusin: keepKeys,
    },
    element(
      "div",
      { class: "lrp-conservation-controls" },
      labelled("rule", rule.node),
      labelled("weights", weights.node),
      element(
        "label",
        { class: "lrp-slider-row lrp-conservation-slider" },
        element("span", {}, "ε"),
        slider,
        epsilon,
      ),
    ),
    said,
    element(
      "table",
      { class: "lrp-numbers lrp-conservation-table" },
      element("thead", {}, element("tr", {}, ...head)),
      body,
    ),
  );
  el.append(card);

  // ---- drawing ----
  function drawControls() {
    rule.set(model.get("rule"));
    weights.set(model.get("weights"));
    const power = model.get("power");
    if (Number(slider.value) !== power) slider.value = power;
    const text = Number.isInteger(power) && power < -2 ? powerOfTen(power) : number(10 ** power, 2);
    epsilon.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  }

  function drawRows() {
    const rows = model.get("rows");
    const totals = rows.map((row) => row.total);
    const least0 = Math.min(0, ...totals);
    const span = Math.max(...totals, 0) - least0 || 1;
    body.replaceChildren(
      ...rows.map((row) => layerRow(row, (value) => (100 * (value - least0)) / span)),
    );
    const [start, end] = [totals[0], totals[totals.length - 1]];
    const gone = ENTRIES.map((entry) => [entry, rows.reduce((sum, row) => sum + row[entry], 0)]);
    const parts = gone
      .filter(([, value]) => Math.abs(value) >= UNSEEN)
      .map(([entry, value]) => ` + ${entry} ${value < 0 ? `(${number(value)})` : number(value)}`);
    const share = start ? ` (${percent(end / start)} arrived)` : "";
    said.textContent = `initial R ${formatTotal(start)} = pixels ${number(end)}${parts.join("")}${share}`;
  }

  function drawBusy() {
    const busy = model.get("busy");
    card.toggleAttribute("data-busy", busy);
    body.setAttribute("aria-busy", String(busy));
  }

  // ---- wiring ----
  const unfollow = follow(model, [
    [["rule", "weights", "power"], drawControls],
    [["rows"], drawRows],
    [["busy"], drawBusy],
  ]);
  drawControls();
  drawRows();
  drawBusy();
  return () => {
    unfollow();
    card.remove();
  };
}

const labelled = (text, node) =>
  element("span", { class: "lrp-conservation-choice" }, element("span", {}, text), node);

/** One layer: its total as a bar, of which what goes no further is hatched; then the ledger. */
function layerRow(row, at) {
  const bar = (from, to, name) => {
    const node = element("i", { class: name });
    node.style.left = `${at(Math.min(from, to))}%`;
    node.style.width = `${at(Math.max(from, to)) - at(Math.min(from, to))}%`;
    return node;
  };
  const axis = element("u", {});
  axis.style.left = `${at(0)}%`;
  const lost = row.name === "input" ? row.total : row.passed;
  // A hatched end shows what goes no further, where that is a plain part of the total.
  const part =
    lost / row.total >= 0 && lost / row.total < 1
      ? [bar(lost, row.total, "lrp-conservation-lost")]
      : [];
  const track = element(
    "span",
    { class: "lrp-conservation-track" },
    bar(0, row.total, "lrp-conservation-bar"),
    ...part,
    axis,
  );
  const written = (value) => (value === 0 ? "0" : Math.abs(value) < UNSEEN ? "≈ 0" : signed(value));
  const entries = ENTRIES.map((entry) => {
    const text = row.name === "input" ? "" : written(row[entry]);
    return element(
      "td",
      {
        "data-entry": entry,
        class: Math.abs(row[entry]) < UNSEEN ? "lrp-conservation-zero" : undefined,
      },
      text,
    );
  });
  return element(
    "tr",
    { "data-layer": row.name },
    element("th", { scope: "row" }, row.name),
    element("td", {}, formatTotal(row.total)),
    element("td", { "aria-hidden": "true" }, track),
    ...entries,
  );
}

const initialize = keepsSettings("conservation", ["rule", "weights", "power"]);

export default { initialize, render };
