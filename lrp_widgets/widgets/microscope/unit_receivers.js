import { element } from "../shared/dom.js";
import { number, percent, signed } from "../shared/format.js";
import { numberGrid, shade, writer } from "../shared/number_grid.js";
import {
  channelText,
  commonLead,
  messageSymbol,
  moreText,
  placeInShort,
  placeText,
  termKey,
  unitLink,
} from "./unit_words.js";

const ORDER = ["x", "w", "product", "share", "relevance"];

/** Where the relevance goes: the inputs of the unit that receive it, with the numbers of each.
 *  `names`: what the channels of the layer below are called, or of the input itself. */
export function receiversPart(view, table, travel, names) {
  const { down } = view;
  if (!down) {
    const ends = element(
      "p",
      { class: "lrp-unit-words" },
      "Here the relevance ends: this is a value of the picture itself.",
    );
    return view.colors.length ? [ends, pixel(view, table, travel, names)] : [ends];
  }
  const words = element(
    "p",
    { class: "lrp-unit-words" },
    "received by ",
    element("b", {}, down.source),
    ` · ${down.kind_text}`,
  );
  if (down.form === "moved") return [words, ...movedPart(view, travel, names)];
  const keys = ORDER.filter((key) => key in down.labels);
  return [
    words,
    down.form === "window"
      ? windows(view, keys, table, travel, names)
      : items(view, keys, table, travel, names),
  ];
}

function head(down, key, factor) {
  const [label, title] = down.labels[key];
  return element(
    "span",
    { class: "lrp-unit-column", title },
    element("b", {}, ...(key === "relevance" ? messageSymbol() : [label])),
    key === "share" ? " %" : factor ? ` ${factor}` : "",
  );
}

/** A convolution's or pooling's window: one aligned grid for every quantity and strong channel. */
function windows(view, keys, table, travel, names) {
  const { down } = view;
  const { rows, columns, channels, rest } = down;
  const pads = new Set(down.pads);
  const all = Object.fromEntries(
    keys.map((key) => [key, channels.flatMap(({ grids }) => grids[key])]),
  );
  const writers = Object.fromEntries(keys.map((key) => [key, writer(all[key], key)]));
  const place = (i, channel) => [
    rows[Math.floor(i / columns.length)],
    columns[i % columns.length],
    channel,
  ];
  const reached = (i, channel) => travel.reaches(down.source, place(i, channel));
  const several = channels.length > 1 || rest.count > 0;
  const lines = channels.map(({ channel, grids, sums }) => [
    element(
      "span",
      { class: "lrp-unit-row" },
      channelText(channel, names),
      element(
        "span",
        { class: "lrp-small-text", title: "this channel's part of R" },
        `${signed(sums.relevance)}`,
      ),
    ),
    ...keys.map((key) =>
      numberGrid({
        key,
        table,
        columns: columns.length,
        most: Math.max(...all[key].map(Math.abs)),
        write: writers[key].write,
        cells: grids[key].map((value, i) => {
          if (pads.has(i)) return { pad: true };
          const index = place(i, channel);
          const won = down.winner && termKey("", down.winner.index) === termKey("", index);
          const label =
            key === "relevance"
              ? `${reached(i, channel) ? "Down to " : ""}${placeText(index, names)} of ${down.source}, received ${signed(value)}${won ? ", the winner" : ""}`
              : `${down.labels[key][1]}: ${key === "share" ? percent(value) : number(value)}, ${placeText(index, names)}`;
          return { value, label, term: termKey(down.source, index) };
        }),
        go: key === "relevance" ? (i) => travel.go(down.source, place(i, channel)) : undefined,
        goes: (i) => reached(i, channel),
      }),
    ),
  ]);
  const more =
    several && rest.count ? restLine(keys, rest, moreText(rest.count, "channel"), terms(down)) : [];
  const node = element(
    "div",
    { class: "lrp-unit-table lrp-unit-windows" },
    element(
      "span",
      { class: "lrp-unit-column" },
      `rows ${range(rows, (row) => row * columns.length, columns.length, 1, pads)}, columns ${range(columns, (column) => column, rows.length, columns.length, pads)}`,
    ),
    ...keys.map((key) => head(down, key, writers[key].factor)),
    ...lines.flat(),
    ...more,
  );
  node.style.setProperty("--lrp-count", keys.length);
  return node;
}

/** First and last of a window's rows or columns that are not padding alone. */
function range(numbers, start, length, step, pads) {
  const real = numbers.filter((_, i) =>
    Array.from({ length }, (_, k) => start(i) + k * step).some((cell) => !pads.has(cell)),
  );
  return `${real[0]}–${real[real.length - 1]}`;
}

/** Terms of the equation that no grid shows: they lie among the channels summed in one line. */
function terms(down) {
  const shown = new Set(down.channels.map(({ channel }) => channel));
  const listed = [...down.terms, ...down.sums.flatMap((sum) => sum.terms)];
  return listed
    .filter(({ index }) => !shown.has(index[2]))
    .map(({ source, index }) => termKey(source, index))
    .join(" ");
}

function restLine(keys, rest, words, term) {
  return [
    element("span", { class: "lrp-unit-row lrp-unit-rest" }, words),
    ...keys.map((key) => {
      if (!(key in rest)) return element("span", { class: "lrp-unit-rest" });
      const text =
        key === "share"
          ? percent(rest[key])
          : key === "relevance"
            ? signed(rest[key])
            : number(rest[key]);
      return element(
        "span",
        { class: `lrp-unit-rest lrp-unit-rest-${key}`, "data-value": rest[key], "data-term": term },
        text,
      );
    }),
  ];
}

/** A dense layer's strongest inputs, one a line. */
function items(view, keys, table, travel, names) {
  const { down } = view;
  const most = Object.fromEntries(
    keys.map((key) => [key, Math.max(...down.items.map((one) => Math.abs(one[key])))]),
  );
  const sources = new Set(down.items.map(({ source }) => source));
  const mixed = sources.size > 1;
  const lead = mixed ? commonLead([...sources]).length : 0;
  const lines = down.items.flatMap((one) => {
    const term = termKey(one.source, one.index);
    const reached = travel.reaches(one.source, one.index);
    return [
      unitLink(
        travel,
        one.source,
        one.index,
        {
          class: "lrp-unit-row",
          "data-term": term,
          "aria-label": `${reached ? "Down to " : ""}${placeText(one.index, names)} of ${one.source}, received ${signed(one.relevance)}`,
        },
        `${reached ? "↓ " : ""}${mixed ? `${one.source.slice(lead)} ` : ""}${placeInShort(one.index, names)}`,
      ),
      ...keys.map((key) => {
        const text =
          key === "share"
            ? percent(one[key])
            : key === "relevance"
              ? signed(one[key])
              : number(one[key]);
        const cell = element(
          "span",
          {
            class: `lrp-unit-cell lrp-unit-cell-${key}`,
            "data-term": term,
            "data-value": one[key],
            title: down.labels[key][1],
          },
          text,
        );
        cell.style.background = shade(key, one[key], most[key], table);
        return cell;
      }),
    ];
  });
  const node = element(
    "div",
    { class: "lrp-unit-table lrp-unit-items" },
    element(
      "span",
      { class: "lrp-unit-column" },
      `strongest of ${down.count.toLocaleString("en")}`,
    ),
    ...keys.map((key) => head(down, key, "")),
    ...lines,
    ...(down.rest.count ? restLine(keys, down.rest, moreText(down.rest.count, "input"), "") : []),
  );
  node.style.setProperty("--lrp-count", keys.length);
  return node;
}

/** A pixel's colours, each a unit of its own, and their sum. */
function pixel(view, table, travel, names) {
  const most = Math.max(...view.colors.map(({ relevance }) => Math.abs(relevance)));
  const cell = (key, value, text) => {
    const node = element(
      "span",
      { class: `lrp-unit-cell lrp-unit-cell-${key}`, "data-value": value },
      text,
    );
    if (key === "relevance") node.style.background = shade(key, value, most, table);
    return node;
  };
  const here = view.index.length === 3 ? view.index[2] : -1;
  const button = (text, index, on) =>
    unitLink(
      travel,
      view.layer,
      index,
      { class: "lrp-unit-row", "aria-pressed": String(on) },
      text,
    );
  const place = view.index.slice(0, 2);
  const sum = view.colors.reduce((all, { relevance }) => all + relevance, 0);
  const node = element(
    "div",
    { class: "lrp-unit-table lrp-unit-items lrp-unit-pixel" },
    ...["channel", "x", "R"].map((text) =>
      element("span", { class: "lrp-unit-column" }, element("b", {}, text)),
    ),
    ...view.colors.flatMap(({ activation, relevance }, k) => [
      button(names[k], [...place, k], k === here),
      cell("x", activation, number(activation)),
      cell("relevance", relevance, signed(relevance)),
    ]),
    button("together", place, here < 0),
    element("span"),
    cell("sum", sum, signed(sum)),
  );
  node.style.setProperty("--lrp-count", "2");
  return node;
}

/** Flatten and the like: the same number at another place, or one that this number alone makes. */
function movedPart(view, travel, names) {
  const { down } = view;
  if (!down.index)
    return [element("p", {}, "This place is padding: no unit below it, and no relevance goes on.")];
  const reached = travel.reaches(down.source, down.index);
  const [height, width, depth] = down.source_shape;
  const [row, column, channel] = down.index;
  const flat = view.index.length === 1 && down.index.length === 3 && height;
  const same = down.x === view.activation;
  const relation = same
    ? "The same number at another place"
    : `${number(view.activation)} is made of ${number(down.x)} and of no other unit`;
  const passed =
    down.handed || !view.relevance
      ? "its relevance goes on unchanged"
      : "a limit stands in its place, a constant that counts as bias and keeps the relevance";
  return [
    element(
      "div",
      { class: "lrp-unit-moved" },
      element(
        "span",
        { class: "lrp-unit-box" },
        element("b", {}, view.layer),
        placeText(view.index),
      ),
      element("span", { class: "lrp-unit-same" }, same ? "is" : "is made of"),
      unitLink(
        travel,
        down.source,
        down.index,
        {
          class: "lrp-unit-box",
          "data-term": termKey(down.source, down.index),
          "aria-label": `${reached ? "Down to " : ""}${placeText(down.index, names)} of ${down.source}, received ${signed(down.handed)}`,
        },
        element("b", {}, `${reached ? "↓ " : ""}${down.source}`),
        placeText(down.index, names),
      ),
    ),
    ...(flat
      ? [
          element(
            "p",
            { class: "lrp-unit-words" },
            `${view.index[0]} = (${row} · ${width} + ${column}) · ${depth} + ${channel}, for ${width} columns and ${depth} channels.`,
          ),
        ]
      : []),
    element("p", { class: "lrp-unit-words" }, `${relation}: ${passed}.`),
  ];
}
