// A pooling layer: activations under sliders, and what both ways of sharing make of the windows.

import "../../shared/theme.css";
import "../../shared/cells.css";
import "./parts.css";
import "./pooling_window.css";
import { cellGrid, placeText } from "../../shared/cells.js";
import { relevanceTable } from "../../shared/colormap.js";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { fixed, number, signed } from "../../shared/format.js";
import { shade } from "../../shared/number_grid.js";
import { segments } from "../../shared/segments.js";
import { sum } from "../../shared/sum.js";
import { keepsSettings } from "../kept_settings.js";

const WAYS = [
  ["avg", "proportional"],
  ["max", "winner-take-all"],
];
const NOTHING = 1e-9; // relevance below this is not worth a word

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const table = relevanceTable(new Uint8Array(model.get("table").buffer));
  const forms = segments(
    "Windows",
    Object.entries(model.get("forms")).map(([name, { text }]) => [name, text]),
    (name) => put("form", name),
  );
  const start = element("div", { class: "lrp-window-start" });
  const activations = element("div", {});
  const sliders = element("div", { class: "lrp-window-relevance" });
  const panels = WAYS.map(([way, title]) => panel(way, title));
  const card = element(
    "section",
    { class: "lrp-card lrp-window", "aria-label": "A pooling layer", onfocusin: keepKeys },
    element("div", { class: "lrp-window-top" }, forms.node, start),
    element(
      "div",
      { class: "lrp-window-panels" },
      element(
        "div",
        { class: "lrp-window-panel" },
        element("div", { class: "lrp-heading" }, "activations x"),
        activations,
        sliders,
      ),
      ...panels.map(({ node }) => node),
    ),
  );
  el.append(card);

  function panel(way, title) {
    const parts = {
      way,
      equation: element("div", { class: "lrp-window-equation" }),
      place: element("div", {}),
      sum: element("p", { class: "lrp-window-sum" }),
      told: element("p", { role: "status" }),
      cell: element("p", { role: "status" }),
    };
    const { equation, place, sum, told, cell } = parts;
    const heading = element("div", { class: "lrp-heading" }, `relevance R, ${title}`);
    parts.node = element(
      "div",
      { class: "lrp-window-panel", "data-way": way },
      heading,
      place,
      sum,
      equation,
      told,
      cell,
    );
    return parts;
  }

  // ---- state ----
  let built = "";
  let looked = 0; // the cell looked at
  let inputs, grid, shares;

  function put(name, value) {
    model.set(name, value);
    model.save_changes();
  }

  const x = () => model.get("x").flat();
  const side = () => model.get("x").length;

  function windowAt(j) {
    const { size, stride } = model.get("forms")[model.get("form")];
    const across = Math.floor((side() - size) / stride) + 1;
    return {
      row: stride * Math.floor(j / across),
      column: stride * (j % across),
      height: size,
      width: size,
    };
  }

  function cellsOf(j) {
    const { row, column, height, width } = windowAt(j);
    return Array.from(
      { length: height * width },
      (_, k) => (row + Math.floor(k / width)) * side() + column + (k % width),
    );
  }

  /** Sliders and grids for a form; they stay until another form is chosen. */
  function build() {
    built = model.get("form");
    looked = Math.floor(side() ** 2 / 2);
    const [min, max] = model.get("limits");
    const square = { rows: side(), columns: side() };
    inputs = x().map((_, i) => {
      const change = (event) =>
        put(
          "x",
          model
            .get("x")
            .map((row, r) =>
              row.map((v, c) => (r * side() + c === i ? Number(event.target.value) : v)),
            ),
        );
      return element("input", {
        type: "range",
        min,
        max,
        step: 0.1,
        "aria-label": `x at ${placeText(i, side())}`,
        oninput: change,
      });
    });
    grid = cellGrid({ label: "Activations", ...square, inside: (i) => inputs[i] });
    activations.replaceChildren(grid.node);
    shares = panels.map(({ way, place }) => {
      const made = cellGrid({
        label: `Relevance, ${way === "avg" ? "proportional" : "winner-take-all"}`,
        ...square,
        go: look,
      });
      place.replaceChildren(made.node);
      return made;
    });
    card.classList.toggle("lrp-window-many", side() > 2);
    start.replaceChildren(
      element("span", { class: "lrp-window-soft" }, "begin with"),
      ...Object.entries(model.get("presets")[built]).map(([name, values]) =>
        element(
          "button",
          {
            type: "button",
            class: "lrp-button",
            onclick: () =>
              put(
                "x",
                values.map((row) => row.map(Number)),
              ),
          },
          name,
        ),
      ),
    );
    sliders.replaceChildren(
      element(
        "div",
        { class: "lrp-heading" },
        model.get("relevance").length > 1 ? "relevance of the windows" : "relevance of the window",
      ),
      ...model.get("relevance").map((_, j) => windowRow(j)),
    );
  }

  function windowRow(j) {
    const many = model.get("relevance").length > 1; // a single one needs not be chosen
    const button = many
      ? element(
          "button",
          { type: "button", class: "lrp-button", onclick: () => put("window", j) },
          `window ${j + 1}`,
        )
      : element("span", {}, "R");
    const change = (event) =>
      put(
        "relevance",
        model.get("relevance").map((v, k) => (k === j ? Number(event.target.value) : v)),
      );
    const input = element("input", {
      type: "range",
      min: 0,
      max: 1,
      step: 0.05,
      "aria-label": `relevance of window ${j + 1}`,
      oninput: change,
    });
    return element(
      "div",
      { class: "lrp-slider-row lrp-window-row" },
      button,
      input,
      element("output", {}),
    );
  }

  function look(i) {
    looked = i;
    draw();
  }

  // ---- drawing ----
  function draw() {
    if (built !== model.get("form")) build();
    forms.set(built);
    const values = x();
    const R = model.get("relevance");
    const at = model.get("window");
    const most = Math.max(...values.map(Math.abs), 1);
    grid.update((i) => ({
      text: number(values[i], 2),
      background: shade("x", values[i], most, table),
    }));
    grid.frame(windowAt(at));
    inputs.forEach((input, i) => {
      if (Number(input.value) !== values[i]) input.value = values[i];
    });
    [...sliders.querySelectorAll(".lrp-window-row")].forEach((row, j) => {
      const input = row.querySelector("input");
      if (R.length > 1) row.firstElementChild.setAttribute("aria-pressed", String(j === at));
      if (Number(input.value) !== R[j]) input.value = R[j];
      row.lastElementChild.textContent = number(R[j]);
    });
    const numbers = model.get("numbers");
    const largest = Math.max(
      ...WAYS.flatMap(([way]) => numbers[way].relevance.map(Math.abs)),
      1e-30,
    );
    panels.forEach((parts, k) => {
      const { equation, flows, relevance, dead } = numbers[parts.way];
      if (parts.equation.dataset.shown !== equation) {
        parts.equation.innerHTML = equation;
        parts.equation.dataset.shown = equation;
      }
      shares[k].update((i) => ({
        text: relevance[i] ? fixed(relevance[i], 3) : "0",
        background: shade("relevance", relevance[i], largest, table),
        label: `${placeText(i, side())}: ${number(relevance[i])}`,
        marked: side() > 2 && i === looked,
      }));
      shares[k].frame(windowAt(at));
      const lost = sum(dead);
      parts.sum.textContent = `ΣR = ${number(sum(relevance))}${lost > NOTHING ? ` · dead ${number(lost)}` : ""}`;
      const name = R.length > 1 ? `Window ${at + 1}` : "The window";
      parts.told.textContent = `${name}: ${parts.way === "avg" ? proportional(at, values, R[at]) : winner(at, values, R[at])}`;
      parts.cell.textContent = side() > 2 ? received(looked, flows, relevance) : "";
    });
  }

  function proportional(j, values, R) {
    const inside = cellsOf(j).map((i) => values[i]);
    const above = sum(inside.filter((v) => v > 0));
    const below = sum(inside.filter((v) => v < 0));
    if (above > 0)
      return `the x above 0 add up to ${number(above)}; each gets x / ${number(above)} · ${number(R)}.`;
    if (below < 0)
      return `nothing is above 0; the x below 0 add up to ${number(below)}, and each gets x / (${number(below)}) · ${number(R)}.`;
    return `all x are 0, so there is nothing to share by: ${number(R)} is dead.`;
  }

  function winner(j, values, R) {
    const cells = cellsOf(j);
    const most = Math.max(...cells.map((i) => values[i]));
    const equal = cells.filter((i) => values[i] === most);
    const where = placeText(equal[0], side());
    if (equal.length > 1)
      return `the largest x, ${number(most)}, is there ${equal.length} times; the first one, ${where}, gets ${number(R)}.`;
    return `the largest x, ${number(most)}, at ${where}, gets ${number(R)}.`;
  }

  function received(i, flows, relevance) {
    const from = flows.map((flow, j) => [j, flow[i]]).filter(([, value]) => value);
    const where = `The cell at ${placeText(i, side())}`;
    if (!from.length) return `${where} gets nothing.`;
    const terms = from.map(([j, value]) => `${signed(value)} from window ${j + 1}`).join(", ");
    return `${where} gets ${terms}${from.length > 1 ? `: ${number(relevance[i])}` : ""}.`;
  }

  // ---- wiring ----
  const unfollow = follow(model, [[["numbers", "window"], draw]]);
  draw();
  return () => {
    unfollow();
    card.remove();
  };
}

const initialize = keepsSettings("pooling-window", ["form", "x", "relevance", "window"]);

export default { initialize, render };
