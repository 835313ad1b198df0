import { area, curveBumpX, curveBumpY } from "d3-shape";
import { cssColor } from "../shared/colormap.js";
import { percent } from "../shared/format.js";
import { bandsOf, nameOf, place } from "./graph_layout.js";

const SPACE = "http://www.w3.org/2000/svg";
const SIGNS = { positive: 214, negative: 42 }; // entries of the relevance's colour table
const OF_CHANNELS = 0.8; // how strongly a band is drawn from one channel to another,
const OF_OTHERS = 0.22; // and how strongly to or from what is not drawn one by one
const HATCH = 5; // pixels: bands below zero are hatched, for colour alone does not tell them
// As in theme.css: a saved file has no style sheet.
const INK = "#1d2530";
const SOFT = "#5b6675";
const EDGE = "#8a94a2";
const FONT = "system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif";

let drawings = 0; // hatches have names, and a page may have several graphs

/** Build an SVG element with attributes and children. */
export function shape(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** The graph as an SVG that needs no style sheet, and its nodes in their order.
 *
 *  `graph`: as Python tells it; `images`: what each tile shows, as addresses, "" for none; `followed`:
 *  {layer: [channel]}; `table`: the relevance's colours. `told(node, k)` gives a node's attributes. */
export function drawGraph({ graph, images, followed, table, width, across, told }) {
  const laid = place(graph, width, across);
  const hatch = `lrp-hatch-${++drawings}`;
  const color = Object.fromEntries(
    Object.entries(SIGNS).map(([sign, entry]) => [sign, cssColor(table[entry])]),
  );
  const bands = bandsOf(graph).map((band) => {
    const ends = [graph.nodes[band.source], graph.nodes[band.target]];
    const others = ends.some(({ kind }) => kind === "others");
    return shape("path", {
      class: "lrp-graph-band",
      "data-source": band.source,
      "data-target": band.target,
      d: outline(laid.nodes, band, across),
      fill: band.sign === "positive" ? color.positive : `url(#${hatch})`,
      "fill-opacity": others ? OF_OTHERS : OF_CHANNELS,
    });
  });
  const nodes = graph.nodes.map((node, k) => {
    const { x, y, side } = laid.nodes[k];
    const on = (followed[node.layer] ?? []).includes(node.channels[0]) && node.kind === "channel";
    const at = { x: x - side / 2, y: y - side / 2, width: side, height: side };
    const frame = {
      ...at,
      class: "lrp-graph-frame",
      rx: 3,
      fill: images[k] ? "none" : "#fff",
      stroke: on ? INK : EDGE,
      "stroke-width": on ? 2.5 : 1,
      "stroke-dasharray": node.kind === "others" ? "3 2" : undefined,
    };
    return shape(
      "g",
      { class: "lrp-graph-node", "data-node": k, ...told(node, k) },
      shape("rect", { ...at, rx: 3, fill: "#fff" }),
      ...(images[k]
        ? [shape("image", { ...at, href: images[k], "image-rendering": "pixelated" })]
        : []),
      shape("rect", frame),
      ...label(node, laid.nodes[k], across),
    );
  });
  const titles = laid.titles.map(({ x, y, of }) =>
    text(graph.nodes[of].layer, { x, y, "font-weight": 600, fill: INK }),
  );
  const svg = shape(
    "svg",
    {
      xmlns: SPACE,
      width: laid.width,
      height: laid.height,
      viewBox: `0 0 ${laid.width} ${laid.height}`,
      "font-family": FONT,
      "font-size": 11,
    },
    shape("defs", {}, hatching(hatch, color.negative)),
    shape("g", {}, ...bands),
    ...titles,
    ...nodes,
  );
  return { svg, nodes, bands };
}

/** A band from where it leaves to where it arrives. */
function outline(nodes, { source, target, from, to }, across) {
  const ends = [
    [nodes[source], from, 1],
    [nodes[target], to, -1],
  ].map(([{ x, y, side, below }, part, way]) => {
    const [along, beside] = across ? [x, y] : [y, x];
    return {
      along: along + (way * side) / 2 + (way > 0 ? below : 0),
      between: part.map((at) => beside + side * (at - 0.5)),
    };
  });
  const drawn = across
    ? area()
        .x(({ along }) => along)
        .y0(({ between }) => between[0])
        .y1(({ between }) => between[1])
        .curve(curveBumpX)
    : area()
        .y(({ along }) => along)
        .x0(({ between }) => between[0])
        .x1(({ between }) => between[1])
        .curve(curveBumpY);
  return drawn(ends);
}

/** What stands below a tile: beside each other where there is room, else one below the other. */
function label({ kind, channels, share }, { x, y, side }, across) {
  const below = y + side / 2 + 13;
  if (kind === "start") return [text("what is explained", { x, y: below })];
  if (kind === "pixels") return [text("the whole map", { x, y: below })];
  const name = kind === "others" ? `${channels.length} others` : String(channels[0]);
  if (across) return [text(`${name} · ${percent(share)}`, { x, y: below })];
  return [text(name, { x, y: below }), text(percent(share), { x, y: below + 13 })];
}

/** Words with a white rim, for bands pass behind them. */
function text(words, attributes) {
  return shape(
    "text",
    {
      "text-anchor": "middle",
      fill: SOFT,
      stroke: "#fff",
      "stroke-width": 3,
      "paint-order": "stroke",
      "stroke-linejoin": "round",
      ...attributes,
    },
    words,
  );
}

function hatching(id, color) {
  return shape(
    "pattern",
    {
      id,
      width: HATCH,
      height: HATCH,
      patternUnits: "userSpaceOnUse",
      patternTransform: "rotate(45)",
    },
    shape("rect", { width: HATCH, height: HATCH, fill: "#fff" }),
    shape("rect", { width: HATCH * 0.6, height: HATCH, fill: color }),
  );
}

/** A node in a sentence: "channel 12 of block3_pool, 4.7 % of its Σ|R|". */
export function inWords(node) {
  if (node.kind === "start") return `what is explained, at ${node.layer}`;
  if (node.kind === "pixels") return "the pixels";
  return `${nameOf(node)} of ${node.layer}, ${percent(node.share)} of its Σ|R|`;
}
