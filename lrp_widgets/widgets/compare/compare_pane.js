import { clippedShare } from "../shared/color_limits.js";
import { element } from "../shared/dom.js";
import { formatTotal, number, percent, shapeText, signed } from "../shared/format.js";
import { strongest } from "../shared/heatmap.js";
import { mapView } from "../shared/map_view.js";
import { measuresStrip } from "../shared/measures_strip.js";
import { noticeLine } from "../shared/notice.js";
import { scaleBar } from "../shared/scale_bar.js";

/** One of the panes side by side: a heading, a map, the value of the place looked at, the scale.
 *
 *  What it shows is {layer, map, limits, table, quantity, colors, depth, names, …}; `names` makes
 *  bars of it. `actions` are the map's, and cancel() and dismiss() for what is going on. */
export function comparePane(badge, label, actions) {
  const title = element("span", { class: "lrp-pane-title" });
  const extra = element("span", { class: "lrp-pane-extra" });
  const line = element("div", { class: "lrp-pane-line" });
  const map = mapView(actions);
  const place = element("span", { class: "lrp-pane-place" });
  const value = element("span", { class: "lrp-pane-value" });
  const scale = scaleBar();
  const notice = noticeLine(actions, []);
  const words = element("p", { class: "lrp-pane-words" });
  const measures = measuresStrip();
  const body = element(
    "div",
    { class: "lrp-pane-body" },
    map.node,
    element("div", { class: "lrp-pane-reading" }, place, value),
    scale.node,
  );
  const node = element(
    "section",
    { class: "lrp-pane", "aria-label": label },
    element(
      "div",
      { class: "lrp-pane-head" },
      element("b", { class: "lrp-badge" }, badge),
      title,
      extra,
    ),
    line,
    element("div", { class: "lrp-pane-stage" }, body, words),
    measures.node,
    notice.node,
  );
  let shown = null;

  function readValues(at) {
    const from = at * shown.depth;
    return Array.from(shown.map.values.subarray(from, from + shown.depth));
  }

  return {
    node,
    map,
    extra,
    get shown() {
      return shown;
    },
    head(text) {
      title.textContent = text;
      title.title = text;
      node.setAttribute("aria-label", text ? `${label}: ${text}` : label);
    },
    line(...parts) {
      line.replaceChildren(...parts);
    },
    /** Show a map, or in its place a sentence that says why there is none. */
    draw(next, sentence, styles) {
      shown = next;
      body.hidden = !shown;
      words.textContent = sentence;
      words.hidden = Boolean(shown);
      if (!shown) return;
      if (shown.names) map.drawBars(shown.map, shown.names, shown.table, styles, shown.limits.high);
      else map.drawCells(shown.map, shown.limits, shown.table, shown.colors);
      const covering = shown.quantity === "relevance" && !shown.names && !shown.layer.wrapped;
      map.overlay(covering ? shown.picture : null, shown.strength);
      scale.node.classList.toggle("lrp-unneeded", Boolean(shown.names));
      scale.update({ ...shown, clipped: clippedShare(shown.map.values, shown.limits) });
      map.describe(`${label}: ${shown.quantity} of ${shown.layer.name}`);
    },
    /** The cell of a place (fractions of the map), or the strongest one; null beyond the last. */
    cellOf(at) {
      const { columns } = shown.map;
      if (!at) {
        const best = Math.floor(strongest(shown.map.values) / shown.depth);
        return { row: Math.floor(best / columns), column: best % columns };
      }
      const cell = map.cellOf(at);
      return cell.row * columns + cell.column < shown.map.values.length / shown.depth ? cell : null;
    },
    /** Write the measures of the layer shown, as the kernel packs them. */
    measure(packed) {
      if (shown) measures.update(packed, shown.layer, shown.quantity === "relevance");
    },
    /** Mark a cell and write its value. */
    look(cell) {
      if (!shown) return;
      map.markCell(shown.names ? null : cell);
      if (!cell) {
        place.textContent = "no unit here";
        value.replaceChildren();
        return;
      }
      const index = cell.row * shown.map.columns + cell.column;
      const { wrapped, classes } = shown.layer;
      const className = classes ? shown.classNames[index] : "";
      place.textContent = wrapped
        ? `unit ${index}${className && ` · ${className}`}`
        : `row ${cell.row}, column ${cell.column}`;
      place.hidden = shown.colors; // three values need its room, and the other pane names it
      const write = shown.quantity === "relevance" ? signed : number;
      const values = readValues(index);
      const several = values.length > 1;
      const texts = values.map((v) => element("b", { "data-value": v }, write(v, several ? 2 : 3)));
      value.replaceChildren(
        ...(several ? texts.map((text, c) => element("span", {}, `${"RGB"[c]} `, text)) : texts),
      );
    },
    /** What is going on, as the kernel says it. */
    signs({ status = "", progress = -1, cancellable = false, error = "", stale = false }) {
      node.toggleAttribute("data-stale", stale);
      node.setAttribute("aria-busy", String(Boolean(status)));
      notice.update({ text: status, progress, cancellable, problem: error, notes: [] });
    },
  };
}

/** The same of another method's map, whose sum says something where it is the method's ledger. */
export function pixelLine(layer, { sentence, ledger }) {
  return [
    element("b", {}, layer.name),
    element("span", { class: "lrp-pane-shape" }, ` ${shapeText(layer.shape)}`),
    element(
      "span",
      { class: "lrp-pane-arrived", title: sentence },
      ledger ? `ΣR ${signed(layer.total)} of ${signed(ledger)}` : "no ledger",
    ),
  ];
}

/** A layer in one line: its name, its shape, and how much of the initial relevance arrived there. */
export function layerLine(layer, start) {
  const arrived = start
    ? `${percent(layer.total / start)} arrived`
    : `ΣR ${formatTotal(layer.total)}`;
  return [
    element("b", {}, layer.name),
    element("span", { class: "lrp-pane-shape" }, ` ${shapeText(layer.shape)}`),
    element(
      "span",
      { class: "lrp-pane-arrived", title: `ΣR ${formatTotal(layer.total)}` },
      arrived,
    ),
  ];
}
