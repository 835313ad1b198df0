// Charts by Observable Plot, each with its numbers as a table below it.
//
// Plot is large: only widgets that draw charts import this module, and a page makes such a widget
// when its view is opened. Plot's marks are to be had here too: import { chart, lineY } from …

/*! Contains Observable Plot, https://observablehq.com/plot, and D3, https://d3js.org: ISC licence,
 *  copyright Observable, Inc., and Mike Bostock; their full texts lie beside the built widgets. */

import "./plot.css";
import { plot } from "@observablehq/plot";
import { element, oncePerFrame } from "./dom.js";

export * from "@observablehq/plot";

/** Okabe and Ito's colours for those who cannot tell red from green, as figures have them. */
export const SERIES = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

const HEIGHT = 240;
const SPACE = "http://www.w3.org/2000/svg";

/** A chart at the end of `container`, as wide as it is.
 *
 *  `spec` has Plot's own options (marks, x, y, height, …) and:
 *    label   one sentence for those who do not see the picture
 *    table   {columns: [text], rows: [[text or number]]}, the same numbers; a row's first names it
 *    legend  [{words, color, dash}], if any: lines, which their dashes tell apart as well
 *    drawn   a function that is called whenever it is drawn, for what lies over it
 *  `update(changes)` draws it anew with some of them changed; `scale(name)` is Plot's scale as it is
 *  drawn, null while it is not; `close()` ends it.
 *
 *  @param {Element} container
 *  @param {Record<string, any>} spec */
export function chart(container, spec) {
  const picture = element("div", { class: "lrp-chart-picture", role: "img" });
  const legend = element("ul", { class: "lrp-chart-legend" });
  const table = element("table");
  const numbers = element(
    "details",
    { class: "lrp-chart-numbers" },
    element("summary", {}, "The numbers as a table"),
    element("div", { class: "lrp-chart-rows", tabindex: 0 }, table),
  );
  const node = element("div", { class: "lrp-chart" }, picture, legend, numbers);
  container.append(node);
  let shown = {};
  let drawn = null;

  function draw() {
    const width = picture.clientWidth;
    if (!width) return; // nobody sees it yet
    const { label: _label, table: _table, legend: _legend, drawn: tell, ...options } = shown;
    drawn = plot({ height: HEIGHT, ...options, width });
    // A style of its own would be refused on exported pages; plot.css has what it says.
    for (const style of drawn.querySelectorAll("style")) style.remove();
    for (const mark of drawn.querySelectorAll("g[aria-label]")) {
      mark.dataset.mark = mark.getAttribute("aria-label"); // a group without a role has no name
      mark.removeAttribute("aria-label");
    }
    picture.querySelector("svg")?.remove();
    picture.prepend(drawn);
    tell?.();
  }

  function update(changes) {
    shown = { ...shown, ...changes };
    if ("label" in changes) picture.setAttribute("aria-label", shown.label);
    if ("table" in changes) table.replaceChildren(...rowsOf(shown.table));
    if ("legend" in changes) legend.replaceChildren(...shown.legend.map(entry));
    legend.hidden = !shown.legend?.length;
    numbers.hidden = !shown.table;
    draw();
  }

  const drawSoon = oncePerFrame(draw);
  const resized = new ResizeObserver(() => {
    if (picture.clientWidth !== Number(drawn?.getAttribute("width"))) drawSoon();
  });
  resized.observe(picture);
  update(spec);

  return {
    node,
    picture,
    update,
    scale: (name) => drawn?.scale(name) ?? null,
    close() {
      resized.disconnect();
      drawSoon.cancel();
      node.remove();
    },
  };
}

function rowsOf({ columns, rows }) {
  const head = columns.map((text) => element("th", { scope: "col" }, text));
  const body = rows.map(([name, ...values]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, String(name)),
      ...values.map((value) => element("td", {}, String(value))),
    ),
  );
  return [element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body)];
}

function entry({ words, color, dash }) {
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("viewBox", "0 0 26 8");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SPACE, "path");
  line.setAttribute("d", "M1 4h24");
  line.setAttribute("stroke", color);
  line.setAttribute("stroke-dasharray", dash ?? "none");
  svg.append(line);
  return element("li", {}, svg, words);
}
