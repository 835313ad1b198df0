import { element } from "./dom.js";
import { percent, signed } from "./format.js";
import { shade } from "./unit_grid.js";
import { moreText, placeInShort, placeText, termKey } from "./unit_words.js";

/** Where the relevance comes from: a map of the senders, the strongest of them, and their sum. */
export function sendersPart(view, table, go) {
  if (!view.up.length) {
    return [element("p", { class: "lrp-unit-words" }, "Here the relevance begins: this is the output, which is to be explained.")];
  }
  return view.up.flatMap((up) => [
    element("p", { class: "lrp-unit-words" }, "sent by ", element("b", {}, up.layer), ` · ${up.kind_text}`),
    ...(up.map ? [sendersMap(up, table)] : []),
    ledger(view, up, go),
  ]);
}

function sendersMap({ layer, top, map: { rows, columns, values } }, table) {
  const most = Math.max(...values.map(Math.abs));
  const cells = values.map((value, i) => {
    const [row, column] = [rows[Math.floor(i / columns.length)], columns[i % columns.length]];
    const terms = top.filter(({ index }) => index[0] === row && index[1] === column);
    const cell = element("span", {
      class: "lrp-unit-cell",
      "data-term": terms.map(({ index }) => termKey(layer, index)).join(" "),
      "data-value": value,
      title: `row ${row}, column ${column}: ${signed(value)} from all its channels`,
    });
    cell.style.background = shade("relevance", value, most, table);
    return cell;
  });
  const grid = element("div", { class: "lrp-unit-grid lrp-unit-grid-fine" }, ...cells);
  grid.style.setProperty("--lrp-columns", columns.length);
  const span = (all, word) => (all.length > 1 ? `${word}s ${all[0]}–${all[all.length - 1]}` : `${word} ${all[0]}`);
  return element(
    "div",
    { class: "lrp-unit-senders" },
    grid,
    element("span", { class: "lrp-small-text" }, `${span(rows, "row")}, ${span(columns, "column")}, summed over channels`),
  );
}

function ledger(view, up, go) {
  const share = (part) => (view.relevance ? percent(part / view.relevance, 0) : "");
  const line = ({ index, name, relevance, of }) => {
    const words = `${placeText(index)}${name ? ` (${name})` : ""} of ${up.layer} sent ${signed(relevance)} of its ${signed(of)}`;
    return element(
      "button",
      { class: "lrp-unit-line lrp-unit-go", "data-term": termKey(up.layer, index), title: words, "aria-label": `Up to ${words}`, onclick: () => go(up.layer, index) },
      element("span", {}, "↑ ", name || placeInShort(index)),
      element("span", { class: "lrp-unit-number", "data-value": relevance }, signed(relevance)),
      element("span", { class: "lrp-unit-share" }, share(relevance)),
    );
  };
  const { count, relevance } = up.rest;
  const rest = element(
    "div",
    { class: "lrp-unit-line lrp-unit-rest" },
    element("span", {}, moreText(count, "unit")),
    element("span", { class: "lrp-unit-number", "data-value": relevance }, signed(relevance)),
    element("span", { class: "lrp-unit-share" }, share(relevance)),
  );
  const sum = element(
    "div",
    { class: "lrp-unit-line lrp-unit-sum" },
    element("span", {}, view.up.length > 1 ? "together" : "= R"),
    element("span", { class: "lrp-unit-number", "data-value": up.total }, signed(view.up.length > 1 ? up.total : view.relevance)),
    element("span", { class: "lrp-unit-share" }, share(up.total)),
  );
  return element("div", { class: "lrp-unit-ledger" }, ...up.top.filter(({ relevance: r }) => r).map(line), ...(count ? [rest] : []), sum);
}
