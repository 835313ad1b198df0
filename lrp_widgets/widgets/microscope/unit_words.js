import { element } from "../shared/dom.js";

/** A unit's place in words: "row 3, column 4, channel 7", "row 3, column 4, red", or "unit 12";
 *  of a volume "layer 2, row 3, column 4, channel 7".
 *  `names`: what the layer's channels are called, if anything. */
export function placeText(index, names = []) {
  if (index.length < 3)
    return index.length === 1 ? `unit ${index[0]}` : `row ${index[0]}, column ${index[1]}`;
  const [row, column] = index.slice(-3);
  const layer = index.length > 3 ? `layer ${index[0]}, ` : "";
  return `${layer}row ${row}, column ${column}, ${channelText(index[index.length - 1], names)}`;
}

/** The same in few letters, for buttons: "(3, 4) ch 7". */
export function placeInShort(index, names = []) {
  if (index.length < 3) return index.length === 1 ? placeText(index) : `(${index.join(", ")})`;
  const channel = index[index.length - 1];
  return `(${index.slice(0, -1).join(", ")}) ${names[channel] ?? `ch ${channel}`}`;
}

export function channelText(channel, names = []) {
  return names[channel] ?? `channel ${channel}`;
}

/** By this the same unit is found in grids, tables and equations. */
export function termKey(source, index) {
  return `${source}:${index.join(",")}`;
}

/** What several layers' names begin with alike, up to a "_" or "/": "encoder1_attention_". */
export function commonLead(names) {
  const [first, ...others] = names;
  for (let end = first.length - 1; end > 0; end--) {
    const lead = first.slice(0, end);
    if (/[_/]$/.test(lead) && others.every((name) => name.startsWith(lead))) return lead;
  }
  return "";
}

/** Those that are not listed, in words: "573 more inputs". */
export function moreText(count, what) {
  return `${count.toLocaleString("en")} more ${what}${count === 1 ? "" : "s"}`;
}

/** R with something small below it, such as i. */
export const relevanceSymbol = (below) => ["R", element("sub", {}, below)];

/** What unit j hands to its receiver i, R_{i←j}: i's own R_i is the sum of it over all senders. */
export const messageSymbol = () => relevanceSymbol("i←j");

/** What leads to a unit where it can be reached: a button; elsewhere the same as text.
 *  `travel`: {go(layer, index), reaches(layer, index)}. */
export function unitLink(travel, layer, index, attributes, ...children) {
  if (travel.reaches(layer, index))
    return element(
      "button",
      {
        ...attributes,
        class: `${attributes.class} lrp-unit-go`,
        onclick: () => travel.go(layer, index),
      },
      ...children,
    );
  const { "aria-label": title, "aria-pressed": _, ...others } = attributes;
  return element("span", { title, ...others }, ...children);
}
