import "../shared/theme.css";
import "../stepper/stepper.css";
import "./compare.css";
import "../shared/measures_strip.css";
import { barStyles } from "../shared/class_bars.js";
import { activationLimits, relevanceLimits } from "../shared/color_limits.js";
import { activationTable, relevanceTable } from "../shared/colormap.js";
import { element, keepKeys, oncePerFrame } from "../shared/dom.js";
import { follow } from "../shared/follow.js";
import { correlation } from "../shared/format.js";
import { LayerMaps } from "../shared/layer_maps.js";
import { keysOfPage } from "../shared/page_keys.js";
import { pinOf, placeOfPin } from "../shared/pinned.js";
import { player } from "../shared/player.js";
import { onExportedPage } from "../shared/prepared.js";
import { segments } from "../shared/segments.js";
import { steppingControls } from "../shared/step_controls.js";
import { ownSettings, presetRow } from "./compare_choices.js";
import { comparePane, layerLine, pixelLine } from "./compare_pane.js";
import { pairedTotals } from "./paired_totals.js";

const MOST_BARS = 24; // vectors of named classes up to this length are drawn as bars
const SIDES = ["first", "second"];
const LETTERS = ["A", "B"];
const SPEARMAN =
  "Spearman's rank correlation: 1 where both maps put all places in the same order, −1 where one turns it over, near 0 where they have nothing in common.";
const LOOKS = [
  "quantity",
  "first_view",
  "second_view",
  "colormap",
  "scale",
  "scales",
  "percentile",
  "overlay",
];
const OFFERS = ["presets", "preset", "choices", "chosen", "notes", "locked"];

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const presets = presetRow((name) => model.send({ type: "preset", name }));
  const own = ownSettings((name, value) => model.send({ type: "choose", name, value }));
  const stepping = steppingControls({
    goTo: (position) => goTo(count() - 1 - position),
    step,
    togglePlay: () => play.toggle(),
  });
  const quantity = segments(
    "What is shown",
    [
      ["relevance", "relevance", "The share of the explained output that each unit carries"],
      ["activation", "activation", "What the layer put out"],
    ],
    (value) => set({ quantity: value }),
  );
  const scales = segments(
    "Colour scale",
    [
      ["own", "own scales", "Each map has a colour scale of its own"],
      ["common", "common scale", "One colour scale for A and B, so that their colours compare"],
    ],
    (value) => set({ scales: value }),
  );
  const actions = (k) => ({
    hover: (at) => lookAt({ pointer: at }),
    pin,
    release: () => pin(null),
    move: (rows, columns) => moveCell(panes[k], rows, columns),
    cancel: () => model.send({ type: "cancel", side: SIDES[k] }),
    dismiss: () => model.send({ type: "dismiss", side: SIDES[k] }),
  });
  const sides = LETTERS.map((letter, k) => comparePane(letter, `Pane ${letter}`, actions(k)));
  const difference = comparePane("A − B", "Difference", actions(2));
  const panes = [...sides, difference];
  sides[1].extra.append(own.button);
  sides[1].node.append(own.panel);
  const totals = pairedTotals((name) => goTo(indexOf(name)));
  const live = element("div", { class: "lrp-unseen", "aria-live": "polite" });
  const card = element(
    "section",
    { class: "lrp-card lrp-panes-card", "aria-label": "Side by side" },
    element("div", { class: "lrp-compare-tools" }, stepping.node, quantity.node, scales.node),
    element("div", { class: "lrp-panes" }, ...panes.map(({ node }) => node)),
  );
  const page = element(
    "div",
    { class: "lrp-compare", tabindex: -1, onfocusin: keepKeys, onkeydown: onKey },
    presets.node,
    card,
    totals.node,
    live,
  );
  const frame = element("div", { class: "lrp-stepper-frame" }, page);
  el.append(frame);

  // ---- state ----
  const maps = SIDES.map(
    (side) =>
      new LayerMaps({ get: (key) => model.get(side)[key], on() {}, off() {}, send() {} }, () => {}),
  );
  const tables = { activation: activationTable() };
  const pictures = [null, null];
  const loaded = [null, null];
  let place = { pinned: null, pointer: null };
  let announcing = 0;
  let behind = false; // something changed while nobody could see it

  const layers = () => model.get("first").layers ?? [];
  const count = () => layers().length;
  const indexOf = (name) => layers().findIndex((layer) => layer.name === name);
  const current = () => Math.max(0, indexOf(model.get("current")));
  const play = player({ count, current, goTo, step, changed: drawStepping });
  const partnerOf = (i) => model.get("second").layers?.[model.get("pairs")[i]?.partner];
  // What B is by, where that is not LRP: one map of the pixels, which has no other layers.
  const method = () => model.get("second").summary?.method ?? "";
  const tableOf = (what) => tables[what === "relevance" ? model.get("colormap") : "activation"];

  function set(values) {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    model.save_changes();
  }

  // ---- stepping ----
  function goTo(index, focus) {
    if (!count()) return;
    const next = Math.min(count() - 1, Math.max(0, index));
    if (next === current()) return;
    set({ current: layers()[next].name });
    if (focus) totals.mark(layers()[next].name, true);
  }

  function step(by) {
    goTo(current() - by);
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !count()) return;
    if (event.target.matches("input:not([type=range]), select, textarea")) return;
    const inTotals = totals.node.contains(event.target);
    const steps = { ArrowRight: 1, ArrowLeft: -1, PageDown: 1, PageUp: -1, "]": 1, "[": -1 };
    if (inTotals) Object.assign(steps, { ArrowRight: -1, ArrowLeft: 1 }); // as they lie on the screen
    if (event.key in steps) goTo(current() - steps[event.key], inTotals);
    else if (event.key === "Home") goTo(count() - 1, inTotals);
    else if (event.key === "End") goTo(0, inTotals);
    else if (event.key === " " && !event.target.matches("button")) play.toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // ---- the place looked at: one for all panes ----
  function lookAt(change) {
    place = { ...place, ...change };
    drawPlace();
  }

  /** Mark a place, here and in the page's address, where it is a cell of A; null: none. */
  function pin(at) {
    lookAt({ pointer: null, pinned: at });
    set({ pin: pinAt(at) });
  }

  function pinAt(at) {
    const [{ shown, cellOf }] = sides;
    const cell = at && shown && cellOf(at);
    return cell ? pinOf(shown.layer, cell, shown.map.columns) : {};
  }

  function drawPin() {
    const there = model.get("pin");
    const here = pinAt(place.pinned);
    if (there.layer === here.layer && there.cell === here.cell) return; // B's cells may be finer
    lookAt({
      pinned: placeOfPin(there, layers(), (layer) =>
        inBars(layer) ? { rows: layer.size, columns: 1 } : layer,
      ),
    });
  }

  const inBars = (layer) => layer.classes && layer.size <= MOST_BARS;

  function placeNow() {
    return place.pointer ?? place.pinned ?? strongestPlace();
  }

  function strongestPlace() {
    const [{ shown, map, cellOf }] = sides;
    return shown && map.placeOfCell(cellOf(null));
  }

  function moveCell(pane, rows, columns) {
    const cell = pane.cellOf(placeNow()) ?? pane.cellOf(null);
    const { map } = pane.shown;
    const next = {
      row: Math.min(map.rows - 1, Math.max(0, cell.row + rows)),
      column: Math.min(map.columns - 1, Math.max(0, cell.column + columns)),
    };
    const at = pane.map.placeOfCell(next);
    if (pane.cellOf(at)) pin(at);
    announce(
      panes.map(({ node }) => node.querySelector(".lrp-pane-reading").textContent).join("; "),
    );
  }

  function drawPlace() {
    const at = placeNow();
    if (!at) return;
    for (const pane of panes) if (pane.shown) pane.look(pane.cellOf(at));
  }

  // ---- drawing ----
  /** What pane k shows of a layer: its sum, or three channels as colours. Null while it is fetched. */
  function look(k, layer) {
    const what = k && method() ? "relevance" : model.get("quantity");
    const { values, rows, columns } = maps[k].sum(layer, what);
    if (values.length < layer.size) return null;
    const names = inBars(layer) ? maps[k].summary.class_names.slice(0, layer.size) : null;
    const rgb =
      model.get(`${SIDES[k]}_view`) === "rgb" && what === "relevance" && layer.kind === "input";
    const colors = rgb && maps[k].pixels.length === 3 * layer.size;
    if (rgb && layer.channels === 3 && !colors) return null;
    return {
      layer,
      quantity: what,
      map: {
        values: colors ? maps[k].pixels : values,
        rows: names ? layer.size : rows,
        columns: names ? 1 : columns,
      },
      table: tableOf(what),
      colors,
      depth: colors ? 3 : 1,
      names,
      classNames: maps[k].summary.class_names,
      scale: model.get("scale"),
      explained: maps[k].summary.explained,
      percentile: model.get("percentile"),
      picture: pictures[k],
      strength: model.get("overlay"),
    };
  }

  function limitsOf(values, what) {
    const find = what === "relevance" ? relevanceLimits : activationLimits;
    return find(values, model.get("scale"), model.get("percentile"));
  }

  function giveLimits(shown) {
    const there = shown.filter(Boolean);
    const alike = there.length === 2 && there[0].quantity === there[1].quantity;
    const joined = model.get("scales") === "common" && alike ? joinValues(there) : null;
    for (const one of there) {
      one.limits = limitsOf(joined ?? one.map.values, one.quantity);
      // A bar's full length is the largest value, be it this pane's or both panes'.
      if (one.names) one.limits = { low: one.limits.low, high: largest(joined ?? one.map.values) };
    }
  }

  /** A − B, cell by cell. */
  function subtract(i, a, b) {
    if (!a || !b || !model.get("pairs")[i].comparable) return null;
    const [first, second] = [a, b].map(({ layer }, k) => maps[k].sum(layer, a.quantity).values);
    const values = first.map((value, cell) => value - second[cell]);
    const limits = relevanceLimits(values, "symmetric", a.percentile);
    if (a.names) limits.high = largest(values);
    return {
      ...a,
      map: { ...a.map, values },
      limits,
      table: tables.difference,
      quantity: "relevance", // it has a sign, whatever is subtracted
      colors: false,
      depth: 1,
      scale: "symmetric",
      meaning: "+ more in A, − more in B",
      picture: null,
    };
  }

  function draw() {
    page.toggleAttribute("data-empty", !count());
    if (!count()) return drawEmpty();
    drawStepping();
    behind = !frame.clientWidth;
    if (behind) return;
    const i = current();
    /** @type {[any, any]} */
    const pair = [layers()[i], partnerOf(i)];
    const shown = pair.map((layer, k) => (layer ? look(k, layer) : null));
    giveLimits(shown);
    sides.forEach((pane, k) => {
      pane.draw(shown[k], "", barStyles(page));
      pane.line(...lineOf(pair[k], maps[k].summary));
    });
    const subtracted = subtract(i, ...shown);
    difference.draw(subtracted, shown[1] ? whyNoDifference(pair) : "", barStyles(page));
    drawMeasures();
    drawAgreement(i);
    quantity.set(model.get("quantity"));
    scales.set(model.get("scales"));
    totals.mark(layers()[i].name);
    revealSoon();
    drawPlace();
    announce(`${layers()[i].name}, layer ${count() - i} of ${count()}`);
  }

  function drawEmpty() {
    for (const pane of panes) pane.draw(null, "");
  }

  function lineOf(layer, summary) {
    if (!layer) return [];
    return summary.method ? pixelLine(layer, summary) : layerLine(layer, summary.start_total);
  }

  function whyNoDifference([a, b]) {
    if (method() && a.kind === "input")
      return `There are activations in A alone: ${method()} has a map of the pixels.`;
    if (method())
      return `B is a map of the pixels, A stands at ${a.name}: step to ${layers()[0].name} to subtract.`;
    const shapes = [a, b].map(({ shape }) => shape.join("×"));
    return `The layers have different shapes, ${shapes.join(" and ")}: there is nothing to subtract cell by cell.`;
  }

  function drawAgreement(i) {
    const { comparable, [model.get("quantity")]: pair } = model.get("pairs")[i] ?? {};
    if (!comparable || !pair) {
      difference.head("difference");
      difference.line();
      return;
    }
    const { correlation: found, words } = pair;
    difference.head(`rank correlation ${found === null ? "–" : correlation(found)}`);
    difference.line(
      element(
        "span",
        { class: "lrp-correlation", "data-value": found ?? "", title: SPEARMAN },
        words,
      ),
    );
  }

  function drawMeasures() {
    for (const [k, side] of SIDES.entries()) sides[k].measure(model.get(`${side}_measures`));
  }

  function drawTitles() {
    const [first, second] = model.get("titles");
    sides[0].head(first);
    sides[1].head(second || (model.get("second").layers ? "the same as A" : ""));
  }

  function drawStepping() {
    if (count())
      stepping.update(count() - 1 - current(), count(), layers()[current()], play.playing());
  }

  function drawSigns() {
    for (const [k, side] of SIDES.entries()) sides[k].signs(model.get(`${side}_signs`));
    const stale = SIDES.some((side) => model.get(`${side}_signs`).stale);
    difference.signs({ stale });
    totals.node.toggleAttribute("data-stale", stale);
  }

  function drawOffers() {
    presets.node.hidden = !model.get("presets").length || onExportedPage(model);
    presets.update(
      model.get("presets"),
      model.get("preset"),
      model.get("locked"),
      model.get("notes"),
    );
    own.update(
      onExportedPage(model) ? [] : model.get("choices"),
      model.get("chosen"),
      model.get("locked"),
    );
  }

  /** Tell screen readers, once the person has stopped stepping. */
  function announce(text) {
    clearTimeout(announcing);
    announcing = setTimeout(() => (live.textContent = text), 400);
  }

  const revealSoon = oncePerFrame(() => count() && totals.reveal(layers()[current()].name));

  function load() {
    const bytes = model.get("tables");
    [...model.get("colormaps"), "difference"].forEach((name, i) => {
      tables[name] = relevanceTable(new Uint8Array(bytes.buffer, bytes.byteOffset + 768 * i, 768));
    });
    SIDES.forEach((side, k) => {
      const packed = model.get(side);
      if (!packed.layers || packed === loaded[k]) return;
      loaded[k] = packed;
      maps[k].load();
      const { summary, picture } = packed;
      const shape = summary.picture_shape;
      pictures[k] = shape && {
        rows: shape[0],
        columns: shape[1],
        key: Math.random(),
        bytes: new Uint8Array(picture.buffer, picture.byteOffset, picture.byteLength),
      };
    });
    totals.build(
      layers().map((layer, i) => ({ layer, partner: method() ? undefined : partnerOf(i) })),
      model.get("second").summary?.sentence ?? "",
    );
    drawTitles();
    drawPin();
    draw();
  }

  // ---- wiring ----
  const loadSoon = oncePerFrame(load);
  const drawSoon = oncePerFrame(draw);
  const unfollow = follow(model, [
    [["first", "second", "pairs"], loadSoon],
    [["current"], draw],
    [["pin"], drawPin],
    [["titles"], drawTitles],
    [SIDES.map((side) => `${side}_measures`), drawMeasures],
    [LOOKS, drawSoon],
    [SIDES.map((side) => `${side}_signs`), drawSigns],
    [OFFERS, drawOffers],
  ]);
  const resized = new ResizeObserver(
    oncePerFrame(() => {
      if (behind || sides[0].shown?.names) draw();
    }),
  );
  resized.observe(card);
  const endKeys = keysOfPage(page, onKey);
  drawOffers();
  drawSigns();
  load();

  return () => {
    play.clear();
    clearTimeout(announcing);
    endKeys();
    own.close();
    resized.disconnect();
    for (const ask of [loadSoon, drawSoon, revealSoon]) ask.cancel();
    unfollow();
    frame.remove();
  };
}

function joinValues(shown) {
  const parts = shown.map(({ map }) => map.values);
  const joined = new Float32Array(parts[0].length + parts[1].length);
  joined.set(parts[0]);
  joined.set(parts[1], parts[0].length);
  return joined;
}

function largest(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

export default { render };
