import { element } from "../shared/dom.js";

const SCORES = [
  ["activation", "largest activation"],
  ["sum", "summed activation"],
  ["relevance", "relevance"],
];
const REST = "rest";
const FIRST = "star,cross,activation";

/** By what channels are ranked: by their share, or by how well they tell two values apart.
 *  `choose(text)` is called with "star,cross,activation", or "" for the share. */
export function rankBy(choose) {
  const by = select("Rank by", () => choose(by.value ? FIRST : ""));
  const one = select("Tells", () => say(one.value, null));
  const other = select("From", () => say(one.value, other.value));
  const score = select("By its", () => say(one.value, other.value));
  const part = element(
    "span",
    { class: "lrp-rank-parts" },
    label("", one),
    label("from", other),
    label("by", score),
  );
  const node = element("div", { class: "lrp-rank-by" }, label("Rank by", by), part);
  let differences = [];

  /** Ask for the difference that is set; where `against` is none of the value's, for the first. */
  function say(value, against) {
    const [, , others] = differences.find(([name]) => name === value);
    choose([value, others.includes(against) ? against : others[0], score.value].join(","));
  }

  fill(score, SCORES);
  return {
    node,
    update(offered, chosen, share) {
      differences = offered;
      node.hidden = !offered.length;
      if (node.hidden) return;
      fill(by, [
        ["", share],
        ["tells", "what they tell apart"],
      ]);
      by.value = chosen ? "tells" : "";
      part.hidden = !chosen;
      if (!chosen) return;
      const [value, against, by_score] = chosen.split(",");
      fillGroups(one, offered);
      one.value = value;
      const [, , others] = offered.find(([name]) => name === value) ?? [null, null, []];
      fill(
        other,
        others.map((name) => [name, name === REST ? "the rest" : name]),
      );
      other.value = against;
      score.value = by_score;
    },
  };
}

const select = (name, onchange) =>
  element("select", { class: "lrp-select", "aria-label": name, onchange });

const label = (words, field) => element("label", {}, ...(words ? [words] : []), field);

/** Options anew, unless they are there already: a list that is open stays so. */
function fill(field, options) {
  const key = JSON.stringify(options);
  if (field.dataset.options === key) return;
  field.dataset.options = key;
  field.replaceChildren(...options.map(([value, words]) => element("option", { value }, words)));
}

function fillGroups(field, differences) {
  const key = JSON.stringify(differences);
  if (field.dataset.options === key) return;
  field.dataset.options = key;
  const groups = new Map();
  for (const [value, group] of differences)
    groups.set(group, [...(groups.get(group) ?? []), value]);
  field.replaceChildren(
    ...[...groups].map(([group, values]) =>
      element(
        "optgroup",
        { label: group },
        ...values.map((value) => element("option", { value }, value)),
      ),
    ),
  );
}
