import { element } from "../shared/dom.js";
import { percent, signed } from "../shared/format.js";
import { shade } from "../shared/number_grid.js";
import { segments } from "../shared/segments.js";
import { channelText, moreText, placeInShort, placeText, termKey, unitLink } from "./unit_words.js";

const LISTED = 5;

/** Where the relevance comes from: a map of the senders, the strongest of them, and their sum.
 *  `wish`: {by: "unit" or "channel", and what was asked for}, kept from unit to unit. */
export function sendersPart(view, table, travel, wish) {
  if (!view.up.length) {
    return [
      element(
        "p",
        { class: "lrp-unit-words" },
        "Here the relevance begins: this is the output, which is to be explained.",
      ),
    ];
  }
  return view.up.flatMap((up) => [
    element(
      "p",
      { class: "lrp-unit-words" },
      "sent by ",
      element("b", {}, up.layer),
      ` · ${up.kind_text}`,
    ),
    ...(up.map ? [sendersMap(up, table)] : []),
    ...senders(view, up, travel, wish),
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
  const span = (all, word) =>
    all.length > 1 ? `${word}s ${all[0]}–${all[all.length - 1]}` : `${word} ${all[0]}`;
  return element(
    "div",
    { class: "lrp-unit-senders" },
    grid,
    element(
      "span",
      { class: "lrp-small-text" },
      `${span(rows, "row")}, ${span(columns, "column")}, summed over channels`,
    ),
  );
}

/** The list, by unit or by channel, and a box that asks for one of them. */
function senders(view, up, travel, wish) {
  const { through } = up;
  const share = (part) => (view.relevance ? percent(part / view.relevance, 1) : "");
  const line = (words, relevance, kind = "") => [
    element("span", {}, words),
    element("span", { class: "lrp-unit-number", "data-value": relevance }, signed(relevance)),
    element("span", { class: `lrp-unit-share ${kind}` }, share(relevance)),
  ];
  const rest = (count, what, relevance) =>
    count
      ? [
          element(
            "div",
            { class: "lrp-unit-line lrp-unit-rest" },
            ...line(what ? moreText(count, what) : `${count} more`, relevance),
          ),
        ]
      : [];

  function unitLine({ index, name, relevance, of }) {
    const reached = travel.reaches(up.layer, index);
    const words = `${placeText(index)}${name ? ` (${name})` : ""} of ${up.layer} sent ${signed(relevance)} of its ${signed(of)}`;
    const attributes = {
      class: "lrp-unit-line",
      "data-term": termKey(up.layer, index),
      title: words,
      "aria-label": reached && `Up to ${words}`,
    };
    const place = `${reached ? "↑ " : ""}${name || placeInShort(index)}`;
    return unitLink(travel, up.layer, index, attributes, ...line(place, relevance));
  }
  const byUnit = () => [
    ...up.top.filter(({ relevance }) => relevance).map(unitLine),
    ...rest(up.rest.count, "unit", up.rest.relevance),
  ];

  function byChannel() {
    const order = through.values
      .map((value, k) => [value, k])
      .sort(([a], [b]) => Math.abs(b) - Math.abs(a));
    const shown = order.slice(0, LISTED).filter(([value]) => value);
    const left = order.slice(shown.length).reduce((sum, [value]) => sum + value, 0);
    return [
      ...shown.map(([value, k]) =>
        element(
          "div",
          { class: "lrp-unit-line", "data-channel": k },
          ...line(channelText(k), value),
        ),
      ),
      ...rest(order.length - shown.length, "", left),
    ];
  }

  const channels = through?.what === "channel";
  const list = element("div", { class: "lrp-unit-ledger" });
  const sum = element(
    "div",
    { class: "lrp-unit-line lrp-unit-sum" },
    ...line(
      view.up.length > 1 ? "together" : "= R",
      view.up.length > 1 ? up.total : view.relevance,
    ),
  );
  const draw = () =>
    list.replaceChildren(...(channels && wish.by === "channel" ? byChannel() : byUnit()), sum);
  draw();
  if (!through) return [list];

  const by = segments(
    "Senders, listed by",
    [
      ["unit", "by unit"],
      ["channel", "by channel"],
    ],
    (value) => {
      wish.by = value;
      by.set(value);
      draw();
    },
  );
  by.set(wish.by);
  return [...(channels ? [by.node] : []), list, asked(through, share, wish)];
}

/** "channel [5] sent +0.0012, 3 %". */
function asked({ what, values }, share, wish) {
  const answer = element("output", { class: "lrp-unit-answer" });
  const box = element("input", {
    class: "lrp-number",
    type: "number",
    min: 0,
    max: values.length - 1,
    placeholder: `0–${values.length - 1}`,
    "aria-label": `What came through one ${what}: its number`,
    oninput: draw,
  });
  function draw() {
    const k = box.value === "" ? -1 : Number(box.value);
    wish[what] = box.value;
    const there = Number.isInteger(k) && k >= 0 && k < values.length;
    if (there) answer.dataset.value = values[k];
    else delete answer.dataset.value;
    answer.replaceChildren(
      ...(there
        ? ["sent ", element("b", {}, signed(values[k])), ` ${share(values[k])}`]
        : [box.value === "" ? "sent how much?" : `there are 0 to ${values.length - 1}`]),
    );
  }
  box.value = wish[what] ?? "";
  draw();
  return element("label", { class: "lrp-unit-ask" }, `${what} `, box, " ", answer);
}
