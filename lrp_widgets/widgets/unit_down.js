import { element } from "./dom.js";
import { number, percent, signed } from "./format.js";
import { numberGrid, shade, writer } from "./unit_grid.js";
import { moreText, placeInShort, placeText, termKey } from "./unit_words.js";

const ORDER = ["x", "w", "product", "share", "relevance"];

/** Where the relevance goes: the inputs of the unit that receive it, with the numbers of each. */
export function receiversPart(view, table, go) {
  const { down } = view;
  if (!down) {
    return [element("p", { class: "lrp-unit-words" }, "Here the relevance ends: this is a value of the picture itself.")];
  }
  const words = element("p", { class: "lrp-unit-words" }, "received by ", element("b", {}, down.source), ` · ${down.kind_text}`);
  if (down.form === "moved") return [words, ...movedPart(view, go)];
  const keys = ORDER.filter((key) => key in down.labels);
  return [words, down.form === "window" ? windows(view, keys, table, go) : items(view, keys, table, go)];
}

function head(down, key, factor) {
  const [label, title] = down.labels[key];
  return element("span", { class: "lrp-unit-column", title }, element("b", {}, label), key === "share" ? " %" : factor ? ` ${factor}` : "");
}

/** A convolution's or pooling's window: one aligned grid for every quantity and strong channel. */
function windows(view, keys, table, go) {
  const { down } = view;
  const { rows, columns, channels, rest } = down;
  const all = Object.fromEntries(keys.map((key) => [key, channels.flatMap(({ grids }) => grids[key])]));
  const writers = Object.fromEntries(keys.map((key) => [key, writer(all[key], key)]));
  const place = (i, channel) => [rows[Math.floor(i / columns.length)], columns[i % columns.length], channel];
  const several = channels.length > 1 || rest.count > 0;
  const lines = channels.map(({ channel, grids, sums }) => [
    element("span", { class: "lrp-unit-row" }, `channel ${channel}`, element("span", { class: "lrp-small-text", title: "this channel's part of R" }, `${signed(sums.relevance)}`)),
    ...keys.map((key) =>
      numberGrid({
        key,
        table,
        columns: columns.length,
        most: Math.max(...all[key].map(Math.abs)),
        write: writers[key].write,
        cells: grids[key].map((value, i) => {
          const index = place(i, channel);
          const won = down.winner && termKey("", down.winner.index) === termKey("", index);
          const label =
            key === "relevance"
              ? `Down to ${placeText(index)} of ${down.source}, received ${signed(value)}${won ? ", the winner" : ""}`
              : `${down.labels[key][1]}: ${key === "share" ? percent(value) : number(value)}, ${placeText(index)}`;
          return { value, label, term: termKey(down.source, index) };
        }),
        go: key === "relevance" ? (i) => go(down.source, place(i, channel)) : undefined,
      }),
    ),
  ]);
  const more = several && rest.count ? restLine(keys, rest, moreText(rest.count, "channel"), terms(down)) : [];
  const node = element(
    "div",
    { class: "lrp-unit-table lrp-unit-windows" },
    element("span", { class: "lrp-unit-column" }, `rows ${rows[0]}–${rows[rows.length - 1]}, columns ${columns[0]}–${columns[columns.length - 1]}`),
    ...keys.map((key) => head(down, key, writers[key].factor)),
    ...lines.flat(),
    ...more,
  );
  node.style.setProperty("--lrp-count", keys.length);
  return node;
}

/** Terms of the equation that no grid shows: they lie among the channels summed in one line. */
function terms(down) {
  const shown = new Set(down.channels.map(({ channel }) => channel));
  const listed = [...down.terms, ...down.sums.flatMap((sum) => sum.terms)];
  return listed.filter(({ index }) => !shown.has(index[2])).map(({ source, index }) => termKey(source, index)).join(" ");
}

function restLine(keys, rest, words, term) {
  return [
    element("span", { class: "lrp-unit-row lrp-unit-rest" }, words),
    ...keys.map((key) => {
      if (!(key in rest)) return element("span", { class: "lrp-unit-rest" });
      const text = key === "share" ? percent(rest[key]) : key === "relevance" ? signed(rest[key]) : number(rest[key]);
      return element("span", { class: `lrp-unit-rest lrp-unit-rest-${key}`, "data-value": rest[key], "data-term": term }, text);
    }),
  ];
}

/** A dense layer's strongest inputs, one a line. */
function items(view, keys, table, go) {
  const { down } = view;
  const most = Object.fromEntries(keys.map((key) => [key, Math.max(...down.items.map((one) => Math.abs(one[key])))]));
  const mixed = new Set(down.items.map(({ source }) => source)).size > 1;
  const lines = down.items.flatMap((one) => {
    const term = termKey(one.source, one.index);
    return [
      element(
        "button",
        { class: "lrp-unit-go lrp-unit-row", "data-term": term, "aria-label": `Down to ${placeText(one.index)} of ${one.source}, received ${signed(one.relevance)}`, onclick: () => go(one.source, one.index) },
        `↓ ${mixed ? `${one.source} ` : ""}${placeInShort(one.index)}`,
      ),
      ...keys.map((key) => {
        const text = key === "share" ? percent(one[key]) : key === "relevance" ? signed(one[key]) : number(one[key]);
        const cell = element("span", { class: `lrp-unit-cell lrp-unit-cell-${key}`, "data-term": term, "data-value": one[key], title: down.labels[key][1] }, text);
        cell.style.background = shade(key, one[key], most[key], table);
        return cell;
      }),
    ];
  });
  const node = element(
    "div",
    { class: "lrp-unit-table lrp-unit-items" },
    element("span", { class: "lrp-unit-column" }, `strongest of ${down.count.toLocaleString("en")}`),
    ...keys.map((key) => head(down, key, "")),
    ...lines,
    ...(down.rest.count ? restLine(keys, down.rest, moreText(down.rest.count, "input"), "") : []),
  );
  node.style.setProperty("--lrp-count", keys.length);
  return node;
}

/** Flatten and the like: the same number at another place. */
function movedPart(view, go) {
  const { down } = view;
  if (!down.index) return [element("p", {}, "This place is padding: no unit below it, and no relevance goes on.")];
  const [height, width, depth] = down.source_shape;
  const [row, column, channel] = down.index;
  const flat = view.index.length === 1 && down.index.length === 3 && height;
  return [
    element(
      "div",
      { class: "lrp-unit-moved" },
      element("span", { class: "lrp-unit-box" }, element("b", {}, view.layer), placeText(view.index)),
      element("span", { class: "lrp-unit-same" }, "is"),
      element(
        "button",
        { class: "lrp-unit-box lrp-unit-go", "data-term": termKey(down.source, down.index), "aria-label": `Down to ${placeText(down.index)} of ${down.source}, received ${signed(down.handed)}`, onclick: () => go(down.source, down.index) },
        element("b", {}, `↓ ${down.source}`),
        placeText(down.index),
      ),
    ),
    ...(flat
      ? [element("p", { class: "lrp-unit-words" }, `${view.index[0]} = (${row} · ${width} + ${column}) · ${depth} + ${channel}, for ${width} columns and ${depth} channels.`)]
      : []),
    element("p", { class: "lrp-unit-words" }, "The same number at another place: its relevance goes on unchanged."),
  ];
}
