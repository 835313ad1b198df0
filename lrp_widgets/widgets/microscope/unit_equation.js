import { element } from "../shared/dom.js";
import { number, signed } from "../shared/format.js";
import { messageSymbol, moreText, placeInShort, relevanceSymbol, termKey } from "./unit_words.js";

const TINY = 1e-6; // what is smaller than this part of the whole would print as nothing
const ABSORBED_BY = {
  bias: "the bias",
  stabilizer: "the stabilizer ε",
  dead: "nothing to share by",
  padding: "the padding",
  "set aside": "what is set aside",
};

/** The rule's equation, and under it the same with this unit's numbers, term by term.
 *  `names`: what the channels of the layer below are called. */
export function arithmeticPart(view, names) {
  const { down } = view;
  if (!down) return { nodes: [], point() {} };
  const symbolic = element("div", { class: "lrp-equation lrp-unit-symbolic" });
  symbolic.innerHTML = view.equation; // MathML that Python made from the rule's own LaTeX
  const words = element(
    "span",
    { class: "lrp-small-text" },
    element("b", {}, view.rule),
    view.settings && `, ${view.settings}`,
    view.note && ` ${view.note}`,
    " · j: this unit, i: a receiver; ",
    ...relevanceSymbol("i"),
    " = Σ",
    element("sub", {}, "j"),
    " ",
    ...messageSymbol(),
  );
  const heading = element("div", { class: "lrp-unit-rule" }, symbolic, words);
  const one = element("div", { class: "lrp-unit-working lrp-unit-one" });
  const lines = down.form === "moved" ? [] : [...down.sums.map(sumLine), one];
  const nodes = [heading, element("div", { class: "lrp-unit-lines" }, ...lines, allLine(view))];
  const strongest = down.form === "moved" ? null : down.terms[0];
  return {
    nodes,
    /** Write the arithmetic of one receiver, or of the strongest. */
    point(term) {
      if (down.form === "moved") return;
      const item = (term && find(view, term)) || strongest;
      if (item) one.replaceChildren(...oneLine(view, item, names));
    },
  };
}

function span(kind, term, value, text) {
  return element(
    "span",
    { class: `lrp-unit-term ${kind}`, "data-term": term, "data-value": value },
    text,
  );
}

/** A line of terms, each on one line; between them it may break. */
function working(label, ...parts) {
  const broken = parts.flatMap((part, i) => (i ? [element("wbr"), part] : [part]));
  return element(
    "div",
    { class: "lrp-unit-working" },
    element("span", { class: "lrp-unit-label" }, ...label),
    ...broken,
  );
}

/** z = x·w + x·w + … (n more: sum) + bias + ε. */
function sumLine(sum) {
  const terms = sum.terms.map((item, i) =>
    span(
      "",
      termKey(item.source, item.index),
      item.value,
      (i ? " + " : "") + multiplied(item, item.value),
    ),
  );
  const rest = sum.rest.count
    ? [
        span(
          "lrp-unit-more",
          "",
          sum.rest.value,
          ` + … (${moreText(sum.rest.count, "term")}: ${number(sum.rest.value)})`,
        ),
      ]
    : [];
  const added = ["bias", "stabilizer"]
    .filter((key) => Math.abs(sum[key]) > TINY * Math.abs(sum.denominator))
    .map((key) =>
      span("", "", sum[key], ` + ${factor(sum[key])} ${key === "bias" ? "(bias)" : "(ε)"}`),
    );
  return working(
    [`${sum.name} =`],
    ...terms,
    ...rest,
    ...added,
    span("lrp-unit-result", "", sum.denominator, ` = ${number(sum.denominator)}`),
  );
}

/** A contribution as x·w where that is what it is, else as a number. */
function multiplied({ x, w }, value, dot = "·") {
  const same = w !== undefined && Math.abs(x * w - value) <= TINY * Math.abs(value);
  return same ? `${factor(x)}${dot}${factor(w)}` : factor(value);
}

/** R_{i←j} = x·w / z · R_j for one receiver; of several sums a fraction for each that it is part of. */
function oneLine(view, item, names) {
  const { down } = view;
  const place = placeInShort(item.index, names);
  const term = termKey(item.source, item.index);
  const label = element("span", { class: "lrp-unit-label" }, ...messageSymbol(), " =");
  const to = element("span", { class: "lrp-small-text" }, ` goes to ${place}`);
  const result = span("lrp-unit-result", term, item.relevance, ` = ${signed(item.relevance)}`);
  if (down.winner) {
    const won = term === termKey(down.winner.source, down.winner.index);
    const text = won
      ? `x = ${number(item.x)} is the largest: all of R`
      : `x = ${number(item.x)} is not the largest: nothing`;
    return [label, span("", term, item.x, text), result, to];
  }
  const several = down.sums.length > 1;
  const sums = down.sums.map((sum, k) => ({
    ...sum,
    part: several ? item[`product ${k}`] : (item.product ?? item.x),
  }));
  const taking = several ? sums.filter(({ part }) => part) : sums;
  if (taking.length !== 1 || !taking[0].denominator)
    return [
      label,
      span("", term, item.share, `${number(100 * item.share)} % of ${signed(view.relevance)}`),
      result,
      to,
    ];
  const [sum] = taking;
  const fraction = element(
    "span",
    { class: "lrp-unit-fraction", "data-term": term },
    element("span", {}, multiplied(item, sum.part, " · ")),
    element("span", {}, number(sum.denominator)),
  );
  const by = sum.factor === 1 ? [] : [span("", "", sum.factor, `${factor(sum.factor)} · `)];
  return [
    label,
    ...by,
    fraction,
    span("", "", view.relevance, ` · ${factor(view.relevance)}`),
    result,
    to,
  ];
}

/** R = what the strongest receive + … (n more: sum) + what is absorbed. */
function allLine(view) {
  const { down } = view;
  const absorbed = Object.entries(down.absorbed)
    .filter(([, value]) => value && Math.abs(value) > TINY * Math.abs(view.relevance))
    .map(([key, value]) =>
      span("lrp-unit-absorbed", "", value, ` ${signed(value)} to ${ABSORBED_BY[key]}`),
    );
  const terms =
    down.form === "moved"
      ? [span("", down.index && termKey(down.source, down.index), down.handed, signed(down.handed))]
      : down.terms.map(({ source, index, value }, i) =>
          span("", termKey(source, index), value, (i ? " " : "") + signed(value)),
        );
  const left = down.form === "moved" ? 0 : down.count - down.terms.length;
  const more = left
    ? [
        span(
          "lrp-unit-more",
          "",
          down.handed_rest,
          ` + … (${moreText(left, "receiver")}: ${signed(down.handed_rest)})`,
        ),
      ]
    : [];
  return working(
    ["Σ", element("sub", {}, "i"), " ", ...messageSymbol(), " ="],
    ...terms,
    ...more,
    ...absorbed,
    span("lrp-unit-result lrp-unit-total", "", view.relevance, ` = ${signed(view.relevance)} = R`),
  );
}

function factor(value) {
  return value < 0 ? `(${number(value)})` : number(value);
}

/** The numbers of a receiver that a grid, a table or a term shows. */
function find({ down }, term) {
  const listed = [
    ...(down.items ?? []),
    ...down.terms,
    ...down.sums.flatMap((sum) => sum.terms),
    ...(down.winner ? [down.winner] : []),
  ];
  const found = listed.find(({ source, index }) => termKey(source, index) === term);
  if (found || down.form !== "window") return found;
  const [source, numbers] = [
    down.source,
    term
      .slice(down.source.length + 1)
      .split(",")
      .map(Number),
  ];
  const [row, column, number_] = numbers;
  const channel = down.channels.find((one) => one.channel === number_);
  const i = down.rows.indexOf(row) * down.columns.length + down.columns.indexOf(column);
  if (!channel || !term.startsWith(`${source}:`)) return null;
  const values = Object.fromEntries(
    Object.entries(channel.grids).map(([key, grid]) => [key, grid[i]]),
  );
  return { source, index: numbers, ...values };
}
