// A picture and its relevance maps side by side; under each map what was measured on it.

import "../../shared/theme.css";
import "../../stepper/stepper.css";
import "./parts.css";
import "./side_by_side.css";
import { relevanceTable } from "../../shared/colormap.js";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { number, signed } from "../../shared/format.js";
import { drawPicture, frameOn, mapView } from "../../shared/map_view.js";
import { scaleBar } from "../../shared/scale_bar.js";
import { keepsSettings } from "../kept_settings.js";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const table = relevanceTable(new Uint8Array(model.get("table").buffer));
  const controls = model.get("controls").map((each) => control(each, choose));
  const canvas = element("canvas", {
    class: "lrp-beside-picture",
    role: "img",
    "aria-label": "The picture that is explained",
  });
  const frame = element("div", { class: "lrp-cell", hidden: true });
  const grid = element("div", { class: "lrp-maps-grid" });
  const error = element("p", { class: "lrp-maps-error", role: "alert" });
  const card = element(
    "section",
    { class: "lrp-card lrp-maps", "aria-label": "Maps side by side", onfocusin: keepKeys },
    element("div", { class: "lrp-maps-controls" }, ...controls.map(({ node }) => node)),
    error,
    grid,
  );
  el.append(card);

  // ---- state ----
  let views = [];
  let place = null; // hovered
  let pinned = { row: 0.5, column: 0.5 };

  function choose(name, value) {
    model.set("chosen", { ...model.get("chosen"), [name]: value });
    model.save_changes();
  }

  const actions = {
    hover(at) {
      place = at;
      mark();
    },
    pin(at) {
      pinned = at;
      mark();
    },
    release() {
      place = null;
      mark();
    },
    move(rows, columns) {
      const { rows: height, columns: width } = model.get("described")[0];
      const inside = (part, count) => Math.min(1 - 0.5 / count, Math.max(0.5 / count, part));
      pinned = {
        row: inside(pinned.row + rows / height, height),
        column: inside(pinned.column + columns / width, width),
      };
      place = null;
      mark();
    },
    open() {},
  };

  function build(described) {
    views = described.map((each) => {
      const view = mapView(actions);
      view.canvas.setAttribute("aria-description", "Arrow keys move a cell over all maps.");
      const scale = scaleBar();
      const readout = element("div", { class: "lrp-maps-readout" });
      const figure = element(
        "div",
        { class: "lrp-maps-figure" },
        element("div", { class: "lrp-heading" }, each.name),
        view.node,
        scale.node,
        readout,
      );
      return { view, scale, readout, figure };
    });
  }

  // ---- drawing ----
  function draw() {
    for (const { update } of controls) update(model.get("chosen"));
    error.textContent = model.get("error");
    error.hidden = !error.textContent;
    const described = model.get("described");
    if (!described.length) return;
    if (views.length !== described.length) build(described);
    const [rows, columns] = model.get("picture_shape");
    drawPicture(canvas, { rows, columns, bytes: bytesOf(model.get("picture")) });
    const all = new Float32Array(bytesOf(model.get("maps")).slice().buffer);
    let from = 0;
    described.forEach(
      (
        { name, rows: height, columns: width, colors, low, high, clipped, percentile, total },
        k,
      ) => {
        const size = height * width * (colors ? 3 : 1);
        const shown = { values: all.subarray(from, from + size), rows: height, columns: width };
        from += size;
        const { view, scale } = views[k];
        view.values = shown.values;
        view.drawCells(shown, { low, high }, table, colors);
        view.describe(`Relevance map, ${name}, total ${number(total)}`);
        scale.update({
          limits: { low, high },
          table,
          quantity: "relevance",
          scale: "symmetric",
          clipped,
          colors,
          percentile,
        });
      },
    );
    layOut();
    mark();
  }

  /** The figures in a row, and a table whose columns stand under them. */
  function layOut() {
    grid.style.setProperty("--lrp-count", String(views.length));
    if (!grid.firstChild) {
      const picture = element(
        "div",
        { class: "lrp-maps-figure" },
        element("div", { class: "lrp-heading" }, "picture"),
        element("div", { class: "lrp-maps-frame" }, canvas, frame),
      );
      grid.append(picture, ...views.map(({ figure }) => figure));
    }
    grid.querySelector("[role=table]")?.remove();
    const rows = model.get("measured").map(({ name, values }) => {
      const numbers = values.map((value) =>
        element("span", { role: "cell", class: "lrp-maps-number" }, value),
      );
      return element(
        "div",
        { class: "lrp-maps-measure", role: "row", "data-name": name },
        element("span", { role: "rowheader" }, name),
        ...numbers,
      );
    });
    const table = { role: "table", "aria-label": "Measured", class: "lrp-pair-table" };
    if (rows.length) grid.append(element("div", table, ...rows));
  }

  function mark() {
    const described = model.get("described");
    if (!described.length) return;
    const at = place ?? pinned;
    views.forEach(({ view, readout }, k) => {
      const { columns, colors } = described[k];
      const cell = view.cellOf(at);
      view.markCell(cell);
      const i = cell.row * columns + cell.column;
      const values = colors ? [...view.values.subarray(3 * i, 3 * i + 3)] : [view.values[i]];
      const written = values.map(
        (value, channel) => `${colors ? ["R ", "G ", "B "][channel] : ""}${signed(value, 2)}`,
      );
      readout.replaceChildren(
        `row ${cell.row + 1}, column ${cell.column + 1}`,
        element("b", {}, written.join("  ")),
      );
    });
    const [rows, columns] = model.get("picture_shape");
    frame.hidden = false;
    frameOn(
      frame,
      { row: Math.floor(at.row * rows), column: Math.floor(at.column * columns) },
      { rows, columns },
    );
  }

  // ---- wiring ----
  const unfollow = follow(model, [[["version", "error", "chosen"], draw]]);
  draw();
  return () => {
    unfollow();
    card.remove();
  };
}

function bytesOf(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A labelled slider or list. */
function control({ name, label, options, min, max, step }, choose) {
  const output = element("output", {});
  const field = options
    ? element(
        "select",
        { class: "lrp-list", onchange: () => choose(name, field.value) },
        ...options.map((value) => element("option", { value }, value)),
      )
    : element("input", {
        type: "range",
        min,
        max,
        step,
        oninput: () => choose(name, Number(field.value)),
      });
  return {
    node: element(
      "label",
      { class: "lrp-maps-control", "data-name": name },
      element("span", {}, label),
      field,
      ...(options ? [] : [output]),
    ),
    update(chosen) {
      if (field.value !== String(chosen[name])) field.value = chosen[name];
      output.textContent = chosen[name] ? signed(chosen[name]) : "0";
    },
  };
}

const initialize = keepsSettings("side-by-side", ["chosen"], ["controls"]);

export default { initialize, render };
