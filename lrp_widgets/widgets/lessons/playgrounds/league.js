// The league: a table that can be sorted, and below it the pictures behind the cell that was chosen.

import "../../shared/theme.css";
import "./map_row.css";
import "./parts.css";
import "./league.css";
import { relevanceTable } from "../../shared/colormap.js";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { fixed, number } from "../../shared/format.js";
import { mapPanel } from "../../shared/map_panel.js";
import { saveFile } from "../../shared/save_file.js";
import { csvOf, ends, ordered, shownMeasures } from "./league_rows.js";

const DIRECTION = {
  more: "more is better",
  less: "less is better",
  zero: "near 0 is better",
  "": "neither is better",
};
const SPACE = "http://www.w3.org/2000/svg";
const WIDE = 100; // of a cell's little plot

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const network = element("select", {
    class: "lrp-list",
    onchange: () => put({ network: network.value }),
  });
  const columns = element("select", {
    class: "lrp-list",
    onchange: () => put({ columns: columns.value }),
  });
  const save = element("button", { class: "lrp-button", onclick: download }, "Download CSV");
  const stop = element(
    "button",
    { class: "lrp-button", onclick: () => put({ stopped: model.get("stopped") + 1 }) },
    "Stop",
  );
  const bar = element("progress", { class: "lrp-league-progress", "aria-label": "rows measured" });
  const told = element("p", { class: "lrp-map-row-status" });
  const head = element("thead");
  const body = element("tbody", { onkeydown: moveByKeys });
  const table = element(
    "table",
    { class: "lrp-league-table", "aria-label": "The league" },
    head,
    body,
  );
  const explained = element("p", { class: "lrp-league-explained" });
  const status = element("p", { class: "lrp-map-row-status", role: "status" });
  const opened = element("section", { class: "lrp-league-opened", hidden: true });
  const card = element(
    "section",
    {
      class: "lrp-card lrp-map-row-card lrp-league",
      "aria-label": "The league of methods",
      onfocusin: keepKeys,
    },
    element(
      "div",
      { class: "lrp-league-controls" },
      element("label", {}, "Network ", network),
      element("label", {}, "Measures ", columns),
      save,
      bar,
      stop,
    ),
    told,
    element("div", { class: "lrp-league-scroll" }, table),
    explained,
    status,
    opened,
  );
  el.append(card);

  // The cell that the arrow keys start from, in the order of what is shown.
  let at = { row: 0, column: 0 };

  function put(traits) {
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    model.save_changes();
  }

  const measures = () => shownMeasures(model.get("measures"), model.get("columns"));
  const measureOf = (name) => model.get("measures").find((each) => each.name === name);

  // ---- the table ----
  function draw() {
    const shown = measures();
    if (!shown.some((each) => each.name === model.get("sort"))) {
      const [first] = shown;
      return put({ sort: first.name, descending: topFirst(first) });
    }
    const rows = ordered(model.get("rows"), measureOf(model.get("sort")), model.get("descending"));
    const best = Object.fromEntries(shown.map((each) => [each.name, ends(rows, each)]));
    const noise = model.get("rows").find((row) => row.name === "noise");
    const sorting = head.contains(document.activeElement);
    head.replaceChildren(
      element("tr", {}, element("th", { scope: "col" }, "method"), ...shown.map(heading)),
    );
    if (sorting) {
      const now = '[aria-sort="ascending"] button, [aria-sort="descending"] button';
      /** @type {HTMLElement | null} */ (head.querySelector(now))?.focus();
    }
    at = { row: Math.min(at.row, rows.length - 1), column: Math.min(at.column, shown.length - 1) };
    const wanted = model.get("wanted");
    const had = body.contains(document.activeElement);
    body.replaceChildren(
      ...rows.map((row, r) =>
        element(
          "tr",
          { class: `lrp-league-${row.kind.toLowerCase()}` },
          element(
            "th",
            { scope: "row" },
            row.label,
            ...(row.kind === "control" ? [element("small", {}, " control")] : []),
          ),
          ...shown.map((measure, c) => {
            const cell = row.cells[measure.name];
            const chosen = wanted.method === row.name && wanted.measure === measure.name;
            return element(
              "td",
              {},
              cellOf(row, measure, cell, best[measure.name], noise, { r, c, chosen }),
            );
          }),
        ),
      ),
    );
    if (had) focusCell();
    const sorted = measureOf(model.get("sort"));
    explained.replaceChildren(
      element("b", {}, `${sorted.label}. `),
      `${sorted.says} ${sorted.beside}`,
    );
    const chosen = model.get("networks").find((each) => each.value === model.get("network"));
    told.textContent = `${chosen?.told ?? ""} Mean ± standard error; a dot with its error, a line where noise is. Choose a cell to see its best and worst pictures.`;
  }

  function heading(measure) {
    const on = measure.name === model.get("sort");
    const down = model.get("descending");
    return element(
      "th",
      { scope: "col", "aria-sort": on ? (down ? "descending" : "ascending") : "none" },
      element(
        "button",
        {
          class: "lrp-league-sort",
          title: `${measure.says} ${measure.beside}`,
          onclick: () =>
            put({
              sort: measure.name,
              descending: on ? !down : topFirst(measure),
            }),
        },
        measure.label,
        element("span", { "aria-hidden": "true" }, on ? (down ? " ▼" : " ▲") : " ↕"),
      ),
      element("small", {}, `${DIRECTION[measure.better]} · ${pictures(measure.name)}`),
    );
  }

  /** On how many pictures a column was measured. */
  function pictures(name) {
    const counts = model.get("rows").flatMap((row) => row.cells[name]?.[2] ?? []);
    return counts.length ? `n = ${Math.max(...counts)}` : "not measured";
  }

  function cellOf(row, measure, cell, best, noise, { r, c, chosen }) {
    if (!cell) return element("span", { class: "lrp-league-none" }, "–");
    const [mean, error] = cell;
    const text = written(mean, error);
    const button = element(
      "button",
      {
        class: "lrp-league-cell",
        tabindex: at.row === r && at.column === c ? 0 : -1,
        "data-row": r,
        "data-column": c,
        "aria-pressed": String(chosen),
        "aria-label": `${row.label}, ${measure.label}: ${text}; show its best and worst pictures`,
        onfocus: () => {
          at = { row: r, column: c };
        },
        onclick: () => put({ wanted: { method: row.name, measure: measure.name } }),
      },
      text,
      plotOf(mean, error ?? 0, best, noise?.cells[measure.name]),
    );
    if (row.name === best.best) button.classList.add("lrp-league-best");
    return button;
  }

  function moveByKeys(event) {
    const step = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    }[event.key];
    if (!step) return;
    event.preventDefault();
    let { row, column } = at;
    const cell = () => body.querySelector(`[data-row="${row}"][data-column="${column}"]`);
    do {
      row += step[0];
      column += step[1];
    } while (!cell() && body.rows[row]?.cells[column + 1]);
    if (cell()) {
      at = { row, column };
      focusCell();
    }
  }

  function focusCell() {
    const cells = /** @type {NodeListOf<HTMLElement>} */ (
      body.querySelectorAll(".lrp-league-cell")
    );
    for (const cell of cells) {
      const here = cell.dataset.row === `${at.row}` && cell.dataset.column === `${at.column}`;
      cell.tabIndex = here ? 0 : -1;
      if (here) cell.focus();
    }
  }

  // ---- the pictures behind a cell ----
  function drawOpened() {
    const what = model.get("opened");
    opened.hidden = !what.panels;
    if (!what.panels) return opened.replaceChildren();
    const measure = measureOf(what.measure);
    const close = element(
      "button",
      { class: "lrp-button", onclick: () => put({ wanted: {} }) },
      "Close",
    );
    const groups = ["highest", "lowest"].map((end) => group(what, measure, end));
    opened.replaceChildren(
      element("div", { class: "lrp-league-head" }, element("h4", {}, what.title), close),
      element("p", { class: "lrp-map-row-status" }, `${measure.says} ${measure.beside}`),
      ...groups,
    );
    opened.scrollIntoView({ block: "nearest" });
  }

  function group(what, measure, end) {
    const { rows, columns: wide } = what;
    const size = rows * wide;
    const maps = floatsOf(model.get("maps"));
    const pictures = bytesOf(model.get("pictures"));
    const outlines = bytesOf(model.get("outlines"));
    const colours = relevanceTable(bytesOf(model.get("table")));
    const row = element("div", { class: "lrp-league-pictures" });
    what.panels.forEach((panel, k) => {
      if (panel.end !== end) return;
      const picture = mapPanel(panel.title);
      picture.picture({
        rows,
        columns: wide,
        bytes: pictures.subarray(3 * size * k, 3 * size * (k + 1)),
      });
      picture.describe(panel.title);
      picture.numbers([], [["network says", panel.says]]);
      const map = mapPanel("its map");
      map.map(
        { rows, columns: wide, values: maps.subarray(size * k, size * (k + 1)) },
        panel.limit,
        colours,
      );
      map.describe(`Relevance map of ${panel.title}`);
      map.numbers([], [[measure.label, number(panel.value)]]);
      if (panel.outlined)
        for (const each of [picture, map])
          each.outline(outlines.subarray(size * k, size * (k + 1)), rows, wide);
      row.append(element("div", { class: "lrp-league-pair" }, picture.node, map.node));
    });
    const good =
      measure.better === ""
        ? ""
        : (measure.better === "more") === (end === "highest")
          ? ": best"
          : ": worst";
    const near = { highest: "farthest from 0", lowest: "nearest to 0" };
    const words = measure.better === "zero" ? near[end] : end;
    return element("div", {}, element("h5", {}, `${words}${good}`), row);
  }

  // ---- the rest ----
  function drawChoices() {
    network.replaceChildren(
      ...model.get("networks").map((each) => element("option", { value: each.value }, each.label)),
    );
    network.value = model.get("network");
    const questions = [...new Set(model.get("measures").map((each) => each.question))];
    columns.replaceChildren(
      ...["one of each", ...questions, "all"].map((each) =>
        element("option", { value: each }, each),
      ),
    );
    columns.value = model.get("columns");
  }

  function drawStatus() {
    status.textContent = model.get("status");
    const [done, count] = model.get("progress");
    const running = count !== undefined && done < count;
    bar.hidden = stop.hidden = !running;
    if (running) Object.assign(bar, { max: count, value: done });
  }

  function download() {
    const name = `league_${model.get("network")}.csv`;
    saveFile(name, [csvOf(model.get("network"), model.get("rows"))], "text/csv");
  }

  // ---- wiring ----
  const unfollow = follow(model, [
    [["rows", "columns", "sort", "descending", "wanted"], draw],
    [["networks", "network", "columns"], drawChoices],
    [["opened"], drawOpened],
    [["status", "progress"], drawStatus],
  ]);
  const onEscape = (event) => {
    if (event.key === "Escape" && model.get("opened").panels) put({ wanted: {} });
  };
  card.addEventListener("keydown", onEscape);
  drawChoices();
  draw();
  drawOpened();
  drawStatus();
  return () => {
    unfollow();
    card.remove();
  };
}

/** A mean and its error, with as many decimals as the error's first digit needs. */
function written(mean, error) {
  if (Math.max(Math.abs(mean), error ?? 0) >= 1000)
    return `${number(mean, 2)} ± ${number(error, 1)}`;
  const decimals = Math.min(4, Math.max(2, Math.ceil(-Math.log10(error || 1))));
  return `${fixed(mean, decimals)}${error === null ? "" : ` ± ${fixed(error, decimals)}`}`;
}

/** A dot with its error on the column's own range, and a line where noise is. */
function plotOf(mean, error, { low, high }, noise) {
  const x = (value) => 4 + ((WIDE - 8) * (value - low)) / (high - low || 1);
  const svg = shape("svg", { viewBox: `0 0 ${WIDE} 8`, "aria-hidden": "true" });
  if (noise) svg.append(shape("path", { d: `M${x(noise[0])} 0v8`, class: "lrp-league-noise" }));
  svg.append(
    shape("path", { d: `M${x(mean - error)} 4H${x(mean + error)}`, class: "lrp-league-error" }),
    shape("circle", { cx: x(mean), cy: 4, r: 2.5 }),
  );
  return svg;
}

function shape(tag, attributes) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const floatsOf = (view) =>
  new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

/** Whether a column begins with its largest values: not where little is good. */
const topFirst = ({ better }) => better === "more" || better === "";

export default { render };
