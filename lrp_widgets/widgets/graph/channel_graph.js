// From the class through the strongest channels of a few layers to the pixels.

import "../shared/theme.css";
import "../shared/plot.css";
import "../stepper/stepper.css";
import "../stepper/channels.css";
import "./channel_graph.css";
import { relevanceLimits } from "../shared/color_limits.js";
import { relevanceTable } from "../shared/colormap.js";
import { element, fadesSlowly, keepKeys, oncePerFrame } from "../shared/dom.js";
import { follow } from "../shared/follow.js";
import { percent } from "../shared/format.js";
import { paintMap } from "../shared/heatmap.js";
import { floats } from "../shared/layer_maps.js";
import { drawPicture } from "../shared/map_view.js";
import { noticeLine } from "../shared/notice.js";
import { onExportedPage } from "../shared/prepared.js";
import { followSign } from "../stepper/channel_list.js";
import { drawGraph, inWords } from "./graph_drawing.js";
import { linesOf, nameOf } from "./graph_layout.js";

const NARROW = 620; // pixels: in less, layers stand one below the other
const PERCENTILE = 99.5;
const KEYS = [
  ["← ↑ → ↓", "another channel"],
  ["Enter", "follow only this one"],
];

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const heading = element("h2", { class: "lrp-graph-title" });
  const picture = element("div", { class: "lrp-graph-picture" });
  const detail = element("p", { class: "lrp-graph-detail", role: "status" });
  const table = element("table");
  const numbers = element(
    "details",
    { class: "lrp-chart-numbers" },
    element("summary", {}, "The numbers as a table"),
    element("div", { class: "lrp-chart-rows", tabindex: 0 }, table),
  );
  const notice = noticeLine(
    {
      cancel: () => model.send({ type: "cancel" }),
      dismiss: () => model.send({ type: "dismiss" }),
    },
    KEYS,
  );
  const words = element(
    "p",
    { class: "lrp-small-text" },
    "Each layer’s strongest channels, and all its others together; a small map, on a scale of its " +
      "own, shows what passes through it to the pixels. A band is as wide where it leaves as the " +
      "share of what passes through the upper channel that is found in the lower one; where it " +
      "arrives, as the part that it brings of all that arrives.",
  );
  const body = element("div", { class: "lrp-graph-body" }, picture, detail, words, numbers);
  const card = element(
    "section",
    { class: "lrp-card lrp-graph", "aria-label": "Graph of channels", onfocusin: keepKeys },
    heading,
    body,
    notice.node,
  );
  const sign = followSign(() => ask({}));
  const frame = element("div", { class: "lrp-stepper-frame lrp-graph-around" }, sign.node, card);
  el.append(frame);

  // ---- state ----
  let drawn = null; // {svg, nodes, bands}
  let images = [];
  let chosen = 0; // the node that the keyboard is at
  const told = () => model.get("graph");
  const followed = () => model.get("through").layers ?? {};
  const canFollow = () => model.get("follows") && !onExportedPage(model);
  const isAlone = ({ layer, channels }) =>
    followed()[layer]?.length === 1 && followed()[layer][0] === channels[0];
  const fade = fadesSlowly(card);

  /** Ask for what passes through these channels alone, {layer: [channel, …]}. */
  function ask(layers) {
    model.send({ type: "follow", layers });
  }

  function choose(node) {
    if (node.kind !== "channel" || !canFollow()) return;
    const { [node.layer]: _, ...others } = followed();
    ask(isAlone(node) ? others : { ...others, [node.layer]: node.channels });
  }

  // ---- drawing ----
  function tableOfColours() {
    const bytes = model.get("tables");
    const at = 768 * model.get("colormaps").indexOf(model.get("colormap"));
    return relevanceTable(new Uint8Array(bytes.buffer, bytes.byteOffset + at, 768));
  }

  /** Each tile as an address of its own; the start has the picture, where there is one. */
  function paint(colours) {
    const { nodes, rows, columns, picture_shape: size } = told();
    const values = floats(model.get("maps"));
    const canvas = element("canvas");
    return nodes.map(({ kind }, k) => {
      if (kind === "start" && size) {
        const bytes = model.get("picture");
        const shown = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        drawPicture(canvas, { rows: size[0], columns: size[1], bytes: shown });
      } else {
        if (!rows) return "";
        const map = values.subarray(k * rows * columns, (k + 1) * rows * columns);
        const limits = relevanceLimits(map, "symmetric", PERCENTILE);
        paintMap(canvas, { values: map, rows, columns }, limits, colours);
      }
      return canvas.toDataURL();
    });
  }

  function load() {
    if (!told().nodes) return;
    images = [];
    chosen = Math.min(chosen, told().nodes.length - 1);
    heading.replaceChildren(
      "From ",
      element("b", {}, told().explained),
      ` through ${told().layers.length === 1 ? "one layer" : `${told().layers.length} layers`} to the pixels`,
    );
    fillTable();
    draw();
  }

  function draw() {
    const width = picture.clientWidth;
    if (!told().nodes || !width) return; // nobody sees it yet
    const colours = tableOfColours();
    if (!images.length) images = paint(colours);
    const focused = picture.contains(document.activeElement);
    drawn = drawGraph({
      graph: told(),
      images,
      followed: followed(),
      table: colours,
      width,
      across: width >= NARROW,
      told: attributes,
    });
    drawn.svg.setAttribute("role", "group");
    drawn.svg.setAttribute("aria-label", `${heading.textContent}; its numbers stand in a table`);
    drawn.svg.addEventListener("keydown", onKey);
    drawn.nodes.forEach((node, k) => {
      node.addEventListener("pointerenter", () => light(k));
      node.addEventListener("pointerleave", () => light(focusedNode()));
      node.addEventListener("focus", () => light(k));
      node.addEventListener("blur", () => light(null));
      node.addEventListener("click", () => choose(told().nodes[k]));
    });
    picture.replaceChildren(drawn.svg);
    if (focused) drawn.nodes[chosen].focus({ preventScroll: true });
    else light(null);
  }

  function attributes(node, k) {
    const acts = node.kind === "channel" && canFollow();
    const on = node.kind === "channel" && isAlone(node);
    const action = on ? "show all again" : "follow only this one";
    return {
      tabindex: k === chosen ? 0 : -1,
      role: acts ? "button" : "img",
      "aria-label": acts ? `${inWords(node)}: ${action}` : inWords(node),
      "aria-pressed": acts ? on : undefined,
      "data-acts": acts ? "" : undefined,
    };
  }

  const focusedNode = () => {
    const at = drawn.nodes.indexOf(/** @type {any} */ (document.activeElement));
    return at < 0 ? null : at;
  };

  /** Let a node's bands stand out, and say where what passes through it goes; null for none. */
  function light(k) {
    if (!drawn) return;
    drawn.svg.classList.toggle("lrp-graph-lit", k !== null);
    for (const band of drawn.bands) {
      const ends = [Number(band.dataset.source), Number(band.dataset.target)];
      band.classList.toggle("lrp-on", ends.includes(k));
    }
    if (k !== null) chosen = k;
    detail.replaceChildren(...sentence(k ?? 0));
  }

  /** Where what passes through a node goes. */
  function sentence(k) {
    const { nodes, edges } = told();
    const out = edges.filter(({ source }) => source === k);
    const node = nodes[k];
    if (!out.length) return [element("b", {}, capital(inWords(node)))];
    const parts = out.map((edge) => `${nameOf(nodes[edge.target])} ${shareText(edge)}`);
    return [
      element("b", {}, capital(inWords(node))),
      `, goes on to ${nodes[out[0].target].layer}: ${parts.join(", ")}`,
    ];
  }

  function shareText({ positive, negative }) {
    const whole = percent(positive + negative);
    return negative && positive
      ? `${whole} (+${percent(positive)}, −${percent(negative)})`
      : negative
        ? `${whole} (all below zero)`
        : whole;
  }

  function fillTable() {
    const { nodes, edges } = told();
    const columns = ["from", "to", "share", "R > 0", "R < 0", "of what arrives"];
    const long = (node) =>
      node.kind === "channel" || node.kind === "others"
        ? `${node.layer}, ${nameOf(node)}`
        : inWords(node);
    const rows = edges.map(({ source, target, positive, negative }) => {
      const share = positive + negative;
      const part = (nodes[source].flow * share) / (nodes[target].flow || 1);
      const cells = [share, positive, negative, part].map((each) => percent(each));
      return element(
        "tr",
        {},
        element("th", { scope: "row" }, long(nodes[source])),
        ...[long(nodes[target]), ...cells].map((each) => element("td", {}, each)),
      );
    });
    table.replaceChildren(
      element(
        "thead",
        {},
        element("tr", {}, ...columns.map((each) => element("th", { scope: "col" }, each))),
      ),
      element("tbody", {}, ...rows),
    );
  }

  // ---- keys ----
  function onKey(event) {
    const lines = linesOf(told().nodes);
    const line = lines.findIndex((each) => each.includes(chosen));
    const at = lines[line].indexOf(chosen);
    const across = picture.clientWidth >= NARROW;
    const along = { ArrowRight: 1, ArrowLeft: -1 };
    const beside = { ArrowDown: 1, ArrowUp: -1 };
    const [toLine, toNode] = across ? [along, beside] : [beside, along];
    let next = null;
    if (event.key in toLine) {
      const other = lines[line + toLine[event.key]];
      next = other?.[Math.min(at, other.length - 1)];
    } else if (event.key in toNode) next = lines[line][at + toNode[event.key]];
    else if (event.key === "Home") next = 0;
    else if (event.key === "End") next = told().nodes.length - 1;
    else if (event.key === "Enter" || event.key === " ") choose(told().nodes[chosen]);
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (next === null || next === undefined) return;
    drawn.nodes[chosen].setAttribute("tabindex", "-1");
    drawn.nodes[next].setAttribute("tabindex", "0");
    drawn.nodes[next].focus();
  }

  // ---- wiring ----
  function drawNotices() {
    fade(model.get("stale"));
    card.setAttribute("aria-busy", String(Boolean(model.get("status"))));
    notice.update({
      text: model.get("status"),
      progress: model.get("progress"),
      cancellable: Boolean(model.get("status")),
      problem: model.get("error"),
      notes: [],
    });
  }

  function drawFollowed() {
    sign.update(model.get("through"), canFollow());
    draw();
  }

  const drawSoon = oncePerFrame(draw);
  const resized = new ResizeObserver(() => {
    if (picture.clientWidth !== Number(drawn?.svg.getAttribute("width"))) drawSoon();
  });
  resized.observe(picture);
  const unfollow = follow(model, [
    [["graph"], load],
    [["through", "follows"], drawFollowed],
    [
      ["colormap"],
      () => {
        images = [];
        draw();
      },
    ],
    [["status", "progress", "stale", "error"], drawNotices],
  ]);
  drawNotices();
  load();
  drawFollowed();

  return () => {
    unfollow();
    resized.disconnect();
    drawSoon.cancel();
    fade(false);
    frame.remove();
  };
}

const capital = (words) => words[0].toUpperCase() + words.slice(1);

export default { render };
