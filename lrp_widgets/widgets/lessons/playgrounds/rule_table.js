// Several rules on the same numbers: sliders above, a row for each rule, an equation below.

import "../../shared/theme.css";
import "./parts.css";
import "./rule_table.css";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { number, percent, signed } from "../../shared/format.js";
import { keepsSettings } from "../kept_settings.js";

const FULL = 2; // relevance at which a bar is full; the number beside it is always whole
const NOTHING = 5e-7; // what is absorbed below this is the tiny ε that guards every division

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const sliders = model.get("sliders").map((each) => slider(each, put));
  const groups = [...new Set(model.get("sliders").map(({ group }) => group))].map((group) =>
    element(
      "div",
      { class: "lrp-ruletable-group" },
      element("div", { class: "lrp-heading" }, group),
      ...sliders.filter((each) => each.group === group).map(({ node }) => node),
    ),
  );
  const told = element("p", { class: "lrp-ruletable-told", role: "status" });
  const head = element("tr", {});
  const body = element("tbody", {});
  const table = element(
    "table",
    { class: "lrp-numbers lrp-ruletable-table" },
    element("thead", {}, head),
    body,
  );
  const equation = element("div", { class: "lrp-ruletable-equation", role: "group", tabindex: 0 }); // may scroll
  const card = element(
    "section",
    { class: "lrp-card lrp-ruletable", "aria-label": model.get("title"), onfocusin: keepKeys },
    element("div", { class: "lrp-ruletable-sliders" }, ...groups),
    told,
    table,
    equation,
  );
  el.append(card);

  function put(name, value) {
    model.set("values", { ...model.get("values"), [name]: value });
    model.save_changes();
  }

  function choose(name) {
    model.set("chosen", name);
    model.save_changes();
  }

  // ---- drawing ----
  function draw() {
    const rows = model.get("rows");
    told.textContent = model.get("told");
    for (const each of sliders) each.update(model.get("values"));
    const heads = [
      "rule",
      ...model.get("heads"),
      "ΣR",
      "bias",
      "stabilizer",
      "dead",
      "Σ|R|",
      "1 % noise",
    ];
    head.replaceChildren(...heads.map((text) => element("th", { scope: "col" }, text)));
    const now = document.activeElement;
    const focused = now instanceof HTMLElement && body.contains(now) ? now.dataset.rule : "";
    body.replaceChildren(...rows.map(line));
    if (focused) {
      const again = /** @type {HTMLElement} */ (body.querySelector(`[data-rule="${focused}"]`));
      again?.focus();
    }
    const at = rows.find(({ name }) => name === model.get("chosen")) ?? rows[0];
    equation.innerHTML = at.equation;
    equation.setAttribute("aria-label", `Equation of ${at.words}`);
  }

  function line(row) {
    const { name, words, relevance, sum, bias, stabilizer, dead, gross, change } = row;
    const button = element(
      "button",
      {
        type: "button",
        class: "lrp-ruletable-name",
        "data-rule": name,
        "aria-pressed": String(name === model.get("chosen")),
        onclick: () => choose(name),
      },
      words,
    );
    const cells = [
      sum,
      ...[bias, stabilizer, dead].map((value) => (Math.abs(value) < NOTHING ? 0 : value)),
      gross,
    ];
    return element(
      "tr",
      { "data-rule": name },
      element("th", { scope: "row" }, button),
      ...relevance.map((value) => element("td", {}, bar(value))),
      ...cells.map((value) =>
        element("td", { class: value ? "" : "lrp-ruletable-zero" }, number(value)),
      ),
      element("td", {}, change === null ? "–" : percent(change, change < 0.1 ? 2 : 0)),
    );
  }

  // ---- wiring ----
  const unfollow = follow(model, [[["rows", "chosen"], draw]]);
  draw();
  return () => {
    unfollow();
    card.remove();
  };
}

/** Relevance as a bar to the right of its zero, or hatched to the left of it, and as a number. */
function bar(value) {
  const share = Math.min(1, Math.abs(value) / FULL) / 2;
  const piece = element("i", { class: value < 0 ? "lrp-ruletable-minus" : "lrp-ruletable-plus" });
  piece.style.left = `${100 * (value < 0 ? 0.5 - share : 0.5)}%`;
  piece.style.width = `${100 * share}%`;
  const over = Math.abs(value) > FULL;
  return element(
    "span",
    { class: "lrp-ruletable-cell" },
    element(
      "span",
      { class: `lrp-ruletable-bar${over ? " lrp-ruletable-over" : ""}`, "aria-hidden": "true" },
      piece,
      element("u", {}),
    ),
    element("b", {}, value ? signed(value) : "0"),
  );
}

function slider({ name, label, group, min, max, step, spoken }, put) {
  const input = element("input", {
    type: "range",
    min,
    max,
    step,
    "aria-label": spoken ?? label,
    oninput: () => put(name, Number(input.value)),
  });
  const output = element("output", {});
  return {
    group,
    node: element("label", { class: "lrp-slider-row" }, element("span", {}, label), input, output),
    update(values) {
      if (Number(input.value) !== values[name]) input.value = values[name];
      output.textContent = number(values[name]);
    },
  };
}

const initialize = keepsSettings("rule-table", ["values", "chosen"]);

export default { initialize, render };
