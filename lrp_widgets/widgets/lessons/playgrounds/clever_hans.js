// Five steps: accuracy, groups of heatmaps, the place they look at, the proof, and repairs.

import "../../shared/theme.css";
import "./map_row.css";
import "./parts.css";
import "./clever_hans.css";
import { relevanceTable } from "../../shared/colormap.js";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { percent, probability } from "../../shared/format.js";
import { paintMap } from "../../shared/heatmap.js";
import { mapPanel } from "../../shared/map_panel.js";
import { drawPicture } from "../../shared/map_view.js";
import { axisY, barX, chart, dot, image, SERIES, text } from "../../shared/plot.js";
import { saveFile } from "../../shared/save_file.js";
import { segments } from "../../shared/segments.js";
import { keepsSettings } from "../kept_settings.js";

const GROUPS = "ABCDEFGH";
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "cross", "wye", "hexagon"];
const SQUARE = 8; // pixels of the square that the learner lays on the map
const SIDE = 64;
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const NETWORKS = ["as it is", "retrained", "pruned"];
const MEASURED = [
  ["as_trained", "right, marked as in training"],
  ["no_mark", "right, no mark"],
  ["all_marked", "right, all marked"],
  ["turned", "others turned by the mark"],
  ["on_mark", "relevance on the mark"],
];

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  const put = (trait, value) => {
    model.set(trait, value);
    model.save_changes();
  };
  const table = relevanceTable(bytesOf(model.get("table")));

  // ---- step 1: accuracy ----
  const accuracy = element("p", {});
  const bars = element("div", { class: "lrp-hans-bars" });
  const accuracyChart = chart(bars, {
    label: "Accuracy of each class: not measured yet",
    marks: [],
    height: 10,
  });

  // ---- step 2: groups ----
  const count = element(
    "select",
    { class: "lrp-list", onchange: () => put("clusters", Number(count.value)) },
    element("option", { value: 0 }, "by the eigengap"),
    ...[2, 3, 4, 5, 6].map((k) => element("option", { value: k }, String(k))),
  );
  const which = segments(
    "Whose maps",
    [
      [false, "this network"],
      [true, "its clean twin"],
    ],
    (value) => put("twin", value),
  );
  const gap = element("p", { class: "lrp-hans-note" });
  const plane = element("div", {
    class: "lrp-hans-plane",
    onclick: (event) => choose(nearest(event)),
  });
  const planeChart = chart(plane, { label: "Maps in the plane: not measured yet", marks: [] });
  const names = element("div", { class: "lrp-hans-groups", role: "group", "aria-label": "Groups" });
  const mean = mapPanel("mean map");
  const members = element("div", { class: "lrp-hans-members" });
  const save = element(
    "button",
    { type: "button", class: "lrp-button", onclick: () => saveGroups() },
    "Groups as CSV",
  );

  // ---- step 3: the place ----
  let at = { row: SIDE / 2, column: SIDE / 2 };
  let member = 0;
  const finder = [place("mean map of the group"), place("one of its pictures")];
  const next = element(
    "button",
    { type: "button", class: "lrp-button", onclick: () => anotherMember() },
    "Another picture",
  );
  const here = element(
    "button",
    {
      type: "button",
      class: "lrp-button",
      onclick: () => model.send({ type: "guess", ...at }),
    },
    "It looks here",
  );
  const show = element(
    "button",
    { type: "button", class: "lrp-button", onclick: () => model.send({ type: "show" }) },
    "Show me",
  );
  const verdict = element("p", { class: "lrp-hans-verdict", role: "status" });

  // ---- step 4: the proof ----
  const scene = element("select", {
    class: "lrp-list",
    onchange: () => put("scene", Number(scene.value)),
  });
  scene.append(
    ...Array.from({ length: 12 }, (_, k) => element("option", { value: k }, `picture ${k + 1}`)),
  );
  const mark = segments(
    "The mark",
    [
      [false, "off"],
      [true, "on"],
    ],
    (value) => put("marked", value),
  );
  const asked = segments(
    "The network",
    NETWORKS.map((name) => [name, name]),
    (value) => put("repair", value),
  );
  const proofPicture = mapPanel("picture");
  const proofMap = mapPanel("relevance");
  const proofWords = element("p", { role: "status" });
  const proofBars = element("div", { class: "lrp-hans-bars" });
  const proofChart = chart(proofBars, { label: "Probabilities", marks: [], height: 10 });

  // ---- step 5: repairs ----
  const retrain = element(
    "button",
    { type: "button", class: "lrp-button", onclick: () => pressRetrain() },
    "Retrain, the mark on all classes",
  );
  const bar = element("progress", { max: 1, "aria-label": "retraining" });
  const layer = element("select", {
    class: "lrp-list",
    onchange: () => prune({ layer: layer.value }),
  });
  const slider = element("input", {
    type: "range",
    min: 0,
    max: 32,
    step: 1,
    "aria-label": "channels pruned",
    onchange: () => prune({ pruned: slider.valueAsNumber }),
  });
  const off = element("output", {});
  const repairStatus = element("p", { class: "lrp-hans-note", role: "status" });
  const outcomes = element("table", { class: "lrp-numbers lrp-hans-outcomes" });

  const status = element("p", { class: "lrp-map-row-status", role: "status" });
  const locked = "Find the place in step 3 first.";
  const later = [element("p", { class: "lrp-hans-note" }, locked)];
  later.push(element("p", { class: "lrp-hans-note" }, locked));
  const proofBody = element(
    "div",
    { hidden: true },
    row(
      element("label", {}, "Picture ", scene),
      labelled("The mark", mark.node),
      labelled("Network", asked.node),
    ),
    element(
      "div",
      { class: "lrp-map-row lrp-hans-proof" },
      proofPicture.node,
      proofMap.node,
      element("div", { class: "lrp-hans-wide" }, proofWords, proofBars),
    ),
  );
  const repairBody = element(
    "div",
    { hidden: true },
    row(retrain, bar),
    row(
      element("label", {}, "Prune channels of ", layer),
      element("label", { class: "lrp-hans-slider" }, "how many ", slider, off),
    ),
    repairStatus,
    element("div", { class: "lrp-hans-scroll", tabindex: 0 }, outcomes),
  );
  const card = element(
    "section",
    {
      class: "lrp-card lrp-map-row-card lrp-hans",
      "aria-label": "Laboratory",
      onfocusin: keepKeys,
    },
    status,
    step(1, "Is it good?", accuracy, bars),
    step(
      2,
      "Do its heatmaps fall into groups?",
      row(element("label", {}, "Groups ", count), which.node, save),
      gap,
      element(
        "div",
        { class: "lrp-hans-sides" },
        plane,
        element(
          "div",
          { class: "lrp-hans-group" },
          names,
          element("div", { class: "lrp-hans-mean" }, mean.node, members),
        ),
      ),
    ),
    step(
      3,
      "What does a group look at?",
      element(
        "p",
        { class: "lrp-hans-note" },
        "Lay the square on what the group's maps have in common: click, or use the arrow keys.",
      ),
      element("div", { class: "lrp-hans-finder" }, ...finder.map(({ node }) => node)),
      row(here, next, show),
      verdict,
    ),
    step(4, "Prove it", later[0], proofBody),
    step(5, "Repair it", later[1], repairBody),
  );
  el.append(card);

  // ---- drawing ----
  function draw() {
    status.textContent = model.get("status");
    status.hidden = !status.textContent;
    count.value = String(model.get("clusters"));
    drawAccuracy();
    drawGroups();
    drawFinder();
    drawFound();
  }

  function drawAccuracy() {
    const { accuracy: share, pictures, classes } = model.get("judged");
    if (!classes) return;
    accuracy.textContent = `On ${pictures} fresh pictures, made as those that it was trained on, it is right in ${percent(share)}.`;
    const rows = Object.entries(classes).map(([kind, right]) => ({ kind, right }));
    accuracyChart.update(barsOf(rows, "right", "Share of each class named rightly"));
  }

  function drawGroups() {
    const groups = model.get("groups");
    if (!groups.labels) return;
    const chosen = model.get("chosen");
    const sizes = sizesOf(groups.labels);
    const { gaps } = groups;
    const best = gaps.slice(1).reduce((a, b, k) => (b > gaps[a] ? k + 1 : a), 1);
    gap.textContent = `${groups.count} pictures of the class “${model.get("judged").kind}”. The largest gap between eigenvalues, ${probability(gaps[best])}, speaks for ${best + 1} groups.`;
    const dots = groups.labels.map((label, k) => ({
      k,
      label,
      x: groups.positions[k][0],
      y: groups.positions[k][1],
      src: thumbnail(k),
    }));
    const on = (d) => d.label === chosen;
    planeChart.update({
      label: `${groups.count} heatmaps in the plane, alike ones near each other, in ${sizes.length} groups of ${sizes.join(", ")}`,
      height: 380,
      x: { axis: null, inset: 24 },
      y: { axis: null, inset: 24 },
      marks: [
        image(dots, {
          x: "x",
          y: "y",
          src: "src",
          width: 34,
          height: 34,
          imageRendering: "pixelated",
          opacity: (d) => (on(d) ? 1 : 0.3),
        }),
        dot(dots, {
          x: "x",
          y: "y",
          r: 3.5,
          dx: 17,
          dy: -17,
          symbol: (d) => SYMBOLS[d.label],
          fill: (d) => (on(d) ? SERIES[d.label % SERIES.length] : "white"),
          stroke: (d) => SERIES[d.label % SERIES.length],
        }),
      ],
      symbol: { type: "identity" },
      color: { type: "identity" },
      table: {
        columns: ["picture", "group", "x", "y"],
        rows: dots.map((d) => [d.k + 1, GROUPS[d.label], d.x.toFixed(1), d.y.toFixed(1)]),
      },
    });
    names.replaceChildren(
      ...sizes.map((size, k) =>
        element(
          "button",
          {
            type: "button",
            class: `lrp-button lrp-hans-name lrp-hans-name-${k % SERIES.length}`,
            "aria-pressed": String(k === chosen),
            onclick: () => choose(k),
          },
          `group ${GROUPS[k]}: ${size} pictures`,
        ),
      ),
    );
    mean.title(`mean map of group ${GROUPS[chosen]}`);
    mean.map(mapAt(groups.count + chosen), model.get("limits")[groups.count + chosen], table);
    mean.describe(`Mean relevance map of group ${GROUPS[chosen]}`);
    members.replaceChildren(...groups.members[chosen].map((k) => pair(k)));
  }

  function pair(k) {
    const picture = element("canvas", { role: "img", "aria-label": `picture ${k + 1}` });
    const map = element("canvas", { role: "img", "aria-label": `map of picture ${k + 1}` });
    drawPicture(picture, pictureAt(k));
    paintMap(map, mapAt(k), symmetric(model.get("limits")[k]), table);
    return element("div", { class: "lrp-hans-pair" }, picture, map);
  }

  function drawFinder() {
    const groups = model.get("groups");
    if (!groups.labels) return;
    const chosen = model.get("chosen");
    const own = groups.members[chosen];
    paintMap(
      finder[0].canvas,
      mapAt(groups.count + chosen),
      symmetric(model.get("limits")[groups.count + chosen]),
      table,
    );
    drawPicture(finder[1].canvas, pictureAt(own[member % own.length]));
    for (const each of finder) each.lay(at);
  }

  function anotherMember() {
    member += 1;
    drawFinder();
  }

  function drawFound() {
    const found = model.get("found");
    const open = found.rows !== undefined;
    const { right } = model.get("guess");
    which.node.hidden = !open;
    which.set(model.get("twin"));
    show.hidden = open;
    for (const each of finder) each.reveal(open ? found : undefined);
    verdict.textContent = open
      ? `${right ? "Yes." : "Here it is."} A mark of ${found.rows}×${found.columns} pixels, like a photographer's tag, in the outlined place.`
      : right === false
        ? "Not there: nothing in that place is the same in all pictures of a group. Compare the groups' mean maps, and look at several pictures."
        : "";
    for (const note of later) note.hidden = open;
    proofBody.hidden = repairBody.hidden = !open;
  }

  function drawProof() {
    const proof = model.get("proof");
    mark.set(model.get("marked"));
    asked.set(model.get("repair"));
    asked.show("retrained", "retrained", Boolean(model.get("outcomes").retrained));
    scene.value = String(model.get("scene"));
    if (!proof.probabilities) return;
    const k = model.get("marked") ? 1 : 0;
    const size = SIDE * SIDE;
    proofPicture.title(`a ${proof.kind}, ${k ? "with" : "without"} the mark`);
    proofPicture.picture(pictureOf(model.get("proof_pictures"), k));
    proofPicture.describe(`A ${proof.kind}, ${k ? "with" : "without"} the mark`);
    const target = proof.kinds[proof.target];
    proofMap.title(`relevance for “${target}”`);
    proofMap.map(mapOf(model.get("proof_maps"), k * size), proof.limit, table);
    proofMap.describe(`Relevance for ${target}: ${percent(proof.on_mark[k])} on the mark's place`);
    proofMap.numbers([], [["on the mark's place", percent(proof.on_mark[k])]]);
    const [without, withIt] = proof.probabilities.map((p) => probability(p[proof.target]));
    proofWords.textContent = `p(${target}): ${without} without the mark, ${withIt} with it.`;
    const rows = proof.kinds.map((kind, c) => ({ kind, right: proof.probabilities[k][c] }));
    proofChart.update(barsOf(rows, "probability", "Probabilities"));
  }

  function drawRepairs() {
    const done = model.get("outcomes");
    const layers = model.get("layers");
    if (layer.options.length !== Object.keys(layers).length)
      layer.replaceChildren(
        ...Object.entries(layers).map(([name, size]) =>
          element("option", { value: name }, `${name} (${size})`),
        ),
      );
    layer.value = model.get("layer");
    slider.valueAsNumber = model.get("pruned");
    off.textContent = String(model.get("pruned"));
    bar.value = model.get("progress");
    repairStatus.textContent = model.get("repair_status");
    const running = model.get("progress") > 0;
    retrain.textContent = running ? "Stop" : "Retrain, the mark on all classes";
    const rows = NETWORKS.filter((name) => done[name]).map((name) => {
      const { layer: of, count: pruned } = done[name];
      const words = name === "pruned" ? `pruned: ${pruned} of ${of}` : name;
      return element(
        "tr",
        {},
        element("th", { scope: "row" }, words),
        ...MEASURED.map(([key]) => element("td", {}, percent(done[name][key]))),
      );
    });
    outcomes.replaceChildren(
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("th", { scope: "col" }, "network"),
          ...MEASURED.map(([, words]) => element("th", { scope: "col" }, words)),
        ),
      ),
      element("tbody", {}, ...rows),
    );
    drawProof();
  }

  // ---- what is pressed ----
  function choose(group) {
    if (group === undefined) return;
    member = 0;
    put("chosen", group);
  }

  /** The group of the map that is nearest to a click. */
  function nearest(event) {
    const groups = model.get("groups");
    const svg = plane.querySelector("svg");
    const [x, y] = [planeChart.scale("x"), planeChart.scale("y")];
    if (!groups.labels || !svg || !x || !y || !event.target.closest("svg")) return undefined;
    const box = svg.getBoundingClientRect();
    const zoom = box.width / Number(svg.getAttribute("width"));
    const away = groups.positions.map(([px, py]) =>
      Math.hypot(
        x.apply(px) * zoom - event.clientX + box.left,
        y.apply(py) * zoom - event.clientY + box.top,
      ),
    );
    const k = away.indexOf(Math.min(...away));
    return away[k] < 40 ? groups.labels[k] : undefined;
  }

  function pressRetrain() {
    model.send({ type: model.get("progress") > 0 ? "stop" : "retrain" });
  }

  function prune(change) {
    for (const [trait, value] of Object.entries(change)) model.set(trait, value);
    put("repair", "pruned");
  }

  function saveGroups() {
    const { labels, positions } = model.get("groups");
    if (!labels) return;
    const lines = labels.map((label, k) => [k + 1, GROUPS[label], ...positions[k]].join(","));
    saveFile("groups.csv", [`picture,group,x,y\n${lines.join("\n")}\n`], "text/csv");
  }

  // ---- pictures and maps ----
  const pictureAt = (k) => pictureOf(model.get("pictures"), k);
  const mapAt = (k) => mapOf(model.get("maps"), k * SIDE * SIDE);

  const scratch = element("canvas");
  function thumbnail(k) {
    paintMap(scratch, mapAt(k), symmetric(model.get("limits")[k]), table);
    return scratch.toDataURL();
  }

  /** A canvas on which a square can be laid. */
  function place(title) {
    const canvas = element("canvas", {
      role: "application",
      tabindex: 0,
      "aria-label": `${title}; arrow keys move the square, Enter says that it looks there`,
    });
    const square = element("div", { class: "lrp-hans-square" });
    const box = element("div", { class: "lrp-hans-box", hidden: true });
    const frame = element("div", { class: "lrp-hans-frame" }, canvas, square, box);
    const lay = (to) => {
      const clamp = (v) => Math.max(SQUARE / 2, Math.min(SIDE - SQUARE / 2, v));
      at = { row: clamp(to.row), column: clamp(to.column) };
      for (const each of finder) each.lay(at);
    };
    canvas.addEventListener("click", (event) => {
      const bounds = canvas.getBoundingClientRect();
      const inside = (part) => Math.floor(SIDE * Math.min(1 - 1e-9, Math.max(0, part)));
      lay({
        row: inside((event.clientY - bounds.top) / bounds.height),
        column: inside((event.clientX - bounds.left) / bounds.width),
      });
    });
    canvas.addEventListener("keydown", (event) => {
      if (MOVES[event.key]) {
        const [rows, columns] = MOVES[event.key];
        lay({ row: at.row + 4 * rows, column: at.column + 4 * columns });
      } else if (event.key === "Enter") model.send({ type: "guess", ...at });
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return {
      node: element(
        "figure",
        { class: "lrp-hans-place" },
        element("div", { class: "lrp-heading" }, title),
        frame,
      ),
      canvas,
      lay: ({ row, column }) => set(square, row - SQUARE / 2, column - SQUARE / 2, SQUARE, SQUARE),
      reveal(found) {
        box.hidden = !found;
        if (found) set(box, found.row, found.column, found.rows, found.columns);
      },
    };
  }

  // ---- wiring ----
  const unfollow = follow(model, [
    [["status", "judged", "groups", "chosen", "clusters", "found", "guess", "twin"], draw],
    [["proof", "marked", "repair", "scene"], drawProof],
    [["outcomes", "layers", "layer", "pruned", "progress", "repair_status"], drawRepairs],
  ]);
  draw();
  drawRepairs();
  return () => {
    unfollow();
    for (const each of [accuracyChart, planeChart, proofChart]) each.close();
    card.remove();
  };
}

/** Horizontal bars from 0 to 1, one a row {kind, right}, with their numbers. */
function barsOf(rows, what, label) {
  return {
    label: `${label}: ${rows.map(({ kind, right }) => `${kind} ${percent(right)}`).join(", ")}`,
    height: 24 * rows.length + 10,
    marginLeft: 66,
    marginRight: 52,
    marginTop: 4,
    marginBottom: 4,
    x: { domain: [0, 1], axis: null },
    y: { label: null, domain: rows.map(({ kind }) => kind) },
    marks: [
      barX(rows, { x: "right", y: "kind", fill: "#1d2530", insetTop: 2, insetBottom: 2 }),
      text(rows, {
        x: "right",
        y: "kind",
        text: ({ right }) => percent(right),
        textAnchor: "start",
        dx: 4,
        fill: "#1d2530",
      }),
      axisY({ tickSize: 0, label: null, color: "#1d2530" }),
    ],
    table: {
      columns: ["class", what],
      rows: rows.map(({ kind, right }) => [kind, percent(right)]),
    },
  };
}

const row = (...nodes) => element("div", { class: "lrp-hans-row" }, ...nodes);
const labelled = (words, node) => element("span", { class: "lrp-hans-labelled" }, words, node);
const step = (number, title, ...nodes) =>
  element(
    "section",
    { class: "lrp-hans-step", "aria-label": `${number}: ${title}` },
    element("div", { class: "lrp-hans-title" }, element("b", {}, String(number)), title),
    ...nodes,
  );

function set(node, row, column, rows, columns) {
  const part = (value) => `${(100 * value) / SIDE}%`;
  node.style.top = part(row);
  node.style.left = part(column);
  node.style.height = part(rows);
  node.style.width = part(columns);
}

function sizesOf(labels) {
  const sizes = Array(Math.max(...labels) + 1).fill(0);
  for (const label of labels) sizes[label] += 1;
  return sizes;
}

const symmetric = (limit) => ({ low: -limit, high: limit });
const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

function pictureOf(view, k) {
  const size = 3 * SIDE * SIDE;
  return { rows: SIDE, columns: SIDE, bytes: bytesOf(view).subarray(k * size, (k + 1) * size) };
}

function mapOf(view, from) {
  const begin = view.byteOffset + 4 * from;
  const values = new Float32Array(view.buffer.slice(begin, begin + 4 * SIDE * SIDE));
  return { rows: SIDE, columns: SIDE, values };
}

const initialize = keepsSettings("clever-hans", ["clusters", "chosen", "scene", "marked"]);

export default { initialize, render };
