import "../shared/theme.css";
import "../microscope/microscope.css";
import "./stepper.css";
import "./waterfall.css";
import "./steps.css";
import "./channels.css";
import "./concepts.css";
import "../shared/measures_strip.css";
import { unitPanel } from "../microscope/unit_panel.js";
import { barStyles } from "../shared/class_bars.js";
import { clippedShare } from "../shared/color_limits.js";
import { activationTable, relevanceTable } from "../shared/colormap.js";
import { element, fadesSlowly, keepKeys, oncePerFrame } from "../shared/dom.js";
import { formatTotal, percent, shapeText, signed } from "../shared/format.js";
import { strongest } from "../shared/heatmap.js";
import { LayerMaps } from "../shared/layer_maps.js";
import { mapView } from "../shared/map_view.js";
import { measuresStrip } from "../shared/measures_strip.js";
import { noticeLine } from "../shared/notice.js";
import { keysOfPage } from "../shared/page_keys.js";
import { pinOf, placeOfPin } from "../shared/pinned.js";
import { placeWords } from "../shared/place_words.js";
import { player } from "../shared/player.js";
import { isAnswered, onExportedPage, onlyUnits } from "../shared/prepared.js";
import { scaleBar } from "../shared/scale_bar.js";
import { steppingControls } from "../shared/step_controls.js";
import { ChannelData } from "./channel_data.js";
import { channelList, followSign } from "./channel_list.js";
import { ConceptData } from "./concept_data.js";
import { filmStrip } from "./film_strip.js";
import { Folding } from "./folding.js";
import { fourSteps } from "./four_steps.js";
import { equationPart, pictureView, readout, unitChips } from "./side.js";
import { toolRow } from "./tools.js";
import { predictionList, totalsList } from "./totals.js";

const MOST_BARS = 24; // vectors of named classes up to this length are drawn as bars
const SETTINGS = [
  "colormap",
  "scale",
  "limits",
  "percentile",
  "view",
  "channel",
  "quantity",
  "overlay",
  "step",
];
const STEP_KEYS = { z: "z", s: "s", c: "c", r: "R", R: "R" };
const NOTICES = ["status", "progress", "cancellable", "error", "stale", "notes"];

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const stepping = steppingControls({
    goTo: (position) => goTo(indexOf(folding.stops().at(-1 - position).name)),
    step,
    togglePlay: () => play.toggle(),
  });
  const tools = toolRow(
    {
      quantity: lookAtQuantity,
      channel: (value) => set({ channel: value }),
      view: (value) => set({ view: value, channel: -1 }),
    },
    onExportedPage(model) ? offersChannel : null,
  );
  const map = mapView({ hover, pin, release, move: moveCell, open: lookAt });
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const maps = new LayerMaps(model, () => drawMap());
  const steps = fourSteps({
    model,
    maps,
    layerNow: () => layerNow(),
    set,
    draw: () => drawMap(),
    look: lookAtSum,
    slideTo,
    calm,
  });
  const channels = new ChannelData(model, maps, () => drawMap());
  const concepts = new ConceptData("concept", model, maps, () => drawMap());
  const telling = new ConceptData("telling", model, maps, () => drawMap());
  const ranking = channelList(
    {
      look: lookAtChannel,
      follow: (some) => follow({ ...followed(), [layerNow().name]: some }),
      rankBy: (difference) => set({ telling: difference }),
      offers: (channel) => isAnswered(model, concepts.asks({ layer: layerNow().name, channel })),
      ranks: !onExportedPage(model),
    },
    { channels, concepts, telling },
  );
  const sign = followSign(() => follow({}));
  const scale = scaleBar((value) => set({ limits: value }), steps.terms);
  const equation = equationPart((name) => goTo(indexOf(name)));
  const reading = readout();
  const picture = pictureView();
  const measures = measuresStrip();
  const totals = totalsList(
    (name) => goTo(indexOf(name)),
    (totals) => set({ totals }),
  );
  const predictions = predictionList();
  const folding = new Folding();
  const strip = filmStrip((name) => goTo(indexOf(name)), folding, toggleBlock);
  const notice = noticeLine({
    cancel: () => set({ cancelled: model.get("cancelled") + 1 }),
    dismiss: () => set({ error: "" }),
  });
  const live = element("div", { class: "lrp-unseen", "aria-live": "polite" });
  const lookInside = (layer, index) => model.send({ type: "look", layer, index });
  const units = onlyUnits(model);
  const panel = unitPanel({ go: lookInside, close: leave }, units);
  const openable = unitChips(lookInside);
  panel.node.hidden = true;

  const name = element("span", { class: "lrp-name", role: "heading", "aria-level": 2 });
  const kind = element("span", { class: "lrp-kind" });
  const arrived = element("span", { class: "lrp-arrived" });
  const looking = element(
    "div",
    { class: "lrp-looking", role: "group", "aria-label": "What is looked at" },
    reading.node,
    picture.node,
    steps.operand,
  );
  const side = element(
    "div",
    { class: "lrp-side" },
    tools.node,
    steps.bar,
    equation.node,
    steps.node,
    ranking.node,
    looking,
    openable.node,
  );
  const layerCard = element(
    "section",
    { class: "lrp-card lrp-layer", "aria-label": "Layer" },
    element("div", { class: "lrp-title" }, name, kind, arrived),
    stepping.node,
    element(
      "div",
      { class: "lrp-see" },
      element("div", { class: "lrp-map-column" }, map.node, scale.node),
      side,
    ),
    measures.node,
  );
  const totalsCard = element(
    "section",
    { class: "lrp-card lrp-totals", "aria-label": "Totals" },
    totals.node,
    predictions.node,
  );
  const stripCard = element(
    "section",
    { class: "lrp-card lrp-strip", "aria-label": "Film strip" },
    strip.node,
  );
  const empty = emptyPage();
  const stepper = element(
    "div",
    { class: "lrp-stepper", tabindex: -1, onfocusin: keepKeys, onkeydown: onKey },
    layerCard,
    totalsCard,
    stripCard,
    panel.node,
    empty.node,
    live,
  );
  const frame = element("div", { class: "lrp-stepper-frame" }, sign.node, stepper);
  el.append(frame);

  // ---- state ----
  const tables = { activation: activationTable() };
  let place = { pinned: null, pointer: null, window: null };
  let shown = null; // what the large map shows now: {layer, map, limits, colors, …}
  let shownPicture = null;
  let announcing = 0;

  const count = () => maps.layers.length;
  const indexOf = (layer) => maps.layers.findIndex((entry) => entry.name === layer);
  const current = () => Math.max(0, indexOf(model.get("current")));
  const play = player({ count, current, goTo, step, changed: drawStepping });
  const layerNow = () => maps.layers[current()];
  const settings = () => Object.fromEntries(SETTINGS.map((key) => [key, model.get(key)]));
  const tableOf = (quantity) =>
    tables[quantity === "relevance" ? model.get("colormap") : "activation"];
  const asBars = (layer) => layer.classes && layer.size <= MOST_BARS;

  function set(values) {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    model.save_changes();
  }

  function offersChannel(layer, quantity, channel) {
    return isAnswered(model, maps.asks(layer, quantity, channel));
  }

  const followed = () => model.get("through").layers ?? {};

  /** Ask for what passes through these channels alone, {layer: [channel, …]}. */
  function follow(layers) {
    model.send({ type: "follow", layers });
  }

  /** Whether the layer's channels are listed now. */
  function isRanked(layer) {
    return model.get("ranked") && !steps.isOn() && canRank(layer);
  }

  function canRank(layer) {
    return layer.kind !== "input" && isAnswered(model, channels.asks(layer));
  }

  function lookAtQuantity(quantity) {
    if (quantity === "steps") return set({ step: "z", ranked: false });
    if (quantity === "ranked") return set({ step: "", ranked: true, quantity: "relevance" });
    const channel = model.get("channel");
    const there = channel < 0 || offersChannel(layerNow(), quantity, channel);
    set({ quantity, step: "", ranked: false, ...(there ? {} : { channel: -1 }) });
  }

  /** Show one channel in the large map, and what it stands for; the same again: neither. */
  function lookAtChannel(channel) {
    const open = channel === model.get("concept");
    const there = layerNow().channels > 1 && offersChannel(layerNow(), "relevance", channel);
    const one = open || !there ? -1 : channel;
    set({ concept: open ? -1 : channel, channel: one });
  }

  // ---- stepping ----
  function goTo(index, focus) {
    if (!count()) return;
    leave();
    const next = Math.min(count() - 1, Math.max(0, index));
    if (next === current()) return;
    // The first three do not carry over.
    set({ channel: -1, concept: -1, step: "", current: maps.layers[next].name });
    if (focus) focus.mark(focus === strip ? layerNow().name : layerNow(), true);
  }

  /** The layers that are not folded away, and which of them is the current one. */
  const stopNow = () => folding.stops().findIndex(({ name: stop }) => stop === layerNow().name);

  function step(by, focus) {
    const stop = folding.stops()[stopNow() - by];
    if (stop) goTo(indexOf(stop.name), focus);
  }

  function toggleBlock(run) {
    folding.toggle(run);
    buildStops();
    const shown = folding.standsFor(layerNow().name);
    if (shown !== layerNow().name) goTo(indexOf(shown));
    else markStops();
  }

  /** Frames and bars for what is not folded away. */
  function buildStops() {
    strip.build(maps.layers);
    totals.build(folding.stops(), maps.summary);
    totals.see(model.get("totals"));
    drawStripSoon();
    if (!folding.isUnfolded(model.get("unfolded"))) set({ unfolded: [...folding.unfolded] });
  }

  function drawFolding() {
    if (!count() || folding.isUnfolded(model.get("unfolded"))) return;
    folding.unfold(model.get("unfolded"));
    folding.show(layerNow().name);
    buildStops();
    markStops();
  }

  function markStops() {
    drawStepping();
    strip.mark(layerNow().name);
    totals.mark(layerNow());
    revealSoon();
  }

  /** The kernel puts another state in place: nothing moves by itself any more. */
  function halt() {
    play.stop();
    steps.stop();
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !count()) return;
    if (event.key === "Escape" && isOpen()) {
      leave();
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (panel.node.contains(event.target)) return;
    const typing = event.target.matches("input:not([type=range]), select, textarea");
    if (typing) return;
    const inStrip = strip.node.contains(event.target);
    const inBars = totals.node.contains(event.target);
    const moves = { ArrowRight: 1, ArrowLeft: -1, PageDown: 1, PageUp: -1, "]": 1, "[": -1 };
    if (inStrip) Object.assign(moves, { ArrowRight: -1, ArrowLeft: 1 }); // as they lie on the screen
    if (inBars) Object.assign(moves, { ArrowDown: 1, ArrowUp: -1 });
    const focus = inStrip ? strip : inBars ? totals : null;
    if (event.key in moves) step(moves[event.key], focus);
    else if (event.key === "Home") goTo(count() - 1, focus);
    else if (event.key === "End") goTo(0, focus);
    else if (event.key === " " && !event.target.matches("button"))
      (steps.divides() ? steps.togglePlay : play.toggle)();
    else if (event.key in STEP_KEYS && layerNow().steps) steps.go(STEP_KEYS[event.key]);
    else if (event.key === "Escape" && steps.isOn()) steps.go("");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // ---- the place looked at ----
  function hover(at) {
    if (at) steps.pause();
    if (place.window && at) place.window = at;
    place.pointer = at;
    drawPlace();
  }

  /** Mark the cell at a place, here and in the page's address. */
  function pin(at) {
    const { row, column } = map.cellOf(at);
    const { columns } = shown.map;
    if (row * columns + column < shown.cells)
      set({ pin: pinOf(shown.layer, { row, column }, columns) });
  }

  function drawPin() {
    place.pinned = placeOfPin(model.get("pin"), maps.layers, (layer) =>
      asBars(layer) ? { rows: layer.size, columns: 1 } : layer,
    );
    drawPlace();
  }

  function release() {
    if (steps.isOn() && !place.pinned && !place.window) return steps.go("");
    steps.stop();
    place = { pinned: null, pointer: null, window: null };
    set({ pin: {} });
    drawPlace();
  }

  function slideTo(cell) {
    place = { ...place, pointer: null, window: map.placeOfCell(cell) };
    drawPlace();
  }

  // ---- the microscope ----
  const isOpen = () => Boolean(model.get("unit").layer);

  /** The message that asks for the arithmetic of the unit looked at. */
  function asksForUnit() {
    const { cell, map: at } = placeNow();
    return {
      type: "look at",
      layer: shown.layer.name,
      cell: cell.row * at.columns + cell.column,
      channel: shown.channelShown ?? -1,
    };
  }

  function lookAt() {
    if (!shown || shown.waiting || model.get("stale")) return;
    if (isAnswered(model, asksForUnit())) model.send(asksForUnit());
  }

  function leave() {
    if (isOpen()) model.send({ type: "leave" });
  }

  /** The microscope lies over the two cards; the film strip stays. */
  function drawUnit() {
    const wasOpen = !panel.node.hidden;
    panel.node.hidden = !isOpen();
    for (const card of [layerCard, totalsCard]) card.inert = isOpen();
    if (isOpen()) {
      play.stop();
      steps.stop();
      panel.update(model.get("unit"), model.get("path"), tableOf("relevance"));
      if (!wasOpen) panel.focus();
    } else if (wasOpen) {
      panel.rest();
      if (!strip.node.contains(document.activeElement)) {
        map.canvas.focus({ preventScroll: true });
        map.canvas.scrollIntoView({ block: "nearest" }); // where the page scrolls
      }
    }
  }

  function moveCell(rows, columns) {
    const { cell, map: at } = placeNow();
    const next = {
      row: Math.min(at.rows - 1, Math.max(0, cell.row + rows)),
      column: Math.min(at.columns - 1, Math.max(0, cell.column + columns)),
    };
    if (next.row * at.columns + next.column >= shown.cells) return;
    steps.stop();
    place = { ...place, pointer: null, window: null };
    pin(map.placeOfCell(next));
    drawPlace();
    const { textContent } = reading.node;
    announce(textContent);
  }

  /** The cell looked at: the pointer's, else the pinned one, else the strongest. */
  function placeNow() {
    const at = shown.map;
    for (const source of ["pointer", "window", "pinned"]) {
      if (!place[source]) continue;
      const cell = map.cellOf(place[source]);
      if (cell.row * at.columns + cell.column < shown.cells) return { source, cell, map: at };
    }
    const best = Math.floor(strongest(at.values) / shown.depth);
    return {
      source: "strongest",
      cell: { row: Math.floor(best / at.columns), column: best % at.columns },
      map: at,
    };
  }

  // ---- drawing ----
  function lookAtSum(layer, quantity) {
    return {
      map: maps.sum(layer, quantity),
      limits: maps.sumLimits(layer, quantity, settings()),
      table: tableOf(quantity),
    };
  }

  const look = (layer) => lookAtSum(layer, model.get("quantity"));

  /** Short vectors of named classes as bars. */
  function inBars(looked) {
    if (!asBars(looked.layer)) return looked;
    return {
      ...looked,
      map: { ...looked.map, rows: looked.layer.size, columns: 1 },
      bars: true,
      table: looked.barTable ?? looked.table,
    };
  }

  /** What the large map shows of a layer: its sum, one channel, three as colours, or a step. */
  function lookClosely(layer) {
    const chosen = settings();
    const { quantity, limits: which, channel } = chosen;
    const sum = look(layer);
    const base = {
      ...chosen,
      layer,
      of: layer,
      step: "",
      which,
      ...sum,
      depth: 1,
      cells: layer.size,
      colors: false,
      waiting: false,
    };
    if (steps.divides()) return inBars(steps.lookAt(layer, base));
    if (asBars(layer)) return inBars(base);
    const one = channel >= 0 && channel < layer.channels;
    if (!one && rgbPossible(layer, quantity) && chosen.view === "rgb") {
      const values = maps.pixels;
      const limits =
        which === "common"
          ? sum.limits
          : maps.limits("pixels", values, quantity, chosen.scale, chosen.percentile);
      return { ...base, map: { ...sum.map, values }, limits, depth: 3, colors: true };
    }
    if (!one) return base;
    const found = maps.channel(layer, quantity, channel);
    if (!found) return { ...base, waiting: true };
    const limits =
      which === "common"
        ? sum.limits
        : maps.limits(
            `${layer.name} ${channel}`,
            found.values,
            quantity,
            chosen.scale,
            chosen.percentile,
          );
    return { ...base, map: found, limits, channelShown: channel };
  }

  function rgbPossible(layer, quantity) {
    return (
      layer.kind === "input" && quantity === "relevance" && maps.pixels.length === 3 * layer.size
    );
  }

  function drawMap() {
    if (!count()) return;
    const layer = layerNow();
    const next = lookClosely(layer);
    map.fade(next.waiting);
    tools.update({
      layer,
      quantity: next.quantity,
      channel: next.channel < layer.channels ? next.channel : -1,
      rgb: next.colors,
      rgbPossible: rgbPossible(layer, next.quantity),
      steps: steps.isOn(),
      ranked: isRanked(layer),
      canRank: canRank(layer),
    });
    ranking.node.hidden = !isRanked(layer);
    side.classList.toggle("lrp-in-channels", isRanked(layer));
    looking.hidden = isRanked(layer);
    if (isRanked(layer)) drawRanking(layer);
    equation.node.hidden = steps.divides() || isRanked(layer);
    picture.node.hidden = steps.divides() || !shownPicture;
    steps.node.hidden = !steps.isOn();
    side.classList.toggle("lrp-in-steps", steps.isOn());
    // While a channel or a step is on its way the old map stays, faded.
    if (next.waiting && shown?.of === layer) return steps.update(shown);
    shown = next;
    if (shown.bars) map.drawBars(shown.map, classNames(layer), shown.table, barStyles(stepper));
    else map.drawCells(shown.map, shown.limits, shown.table, shown.colors);
    const flat = shown.bars || layer.wrapped;
    map.overlay(!flat && shown.quantity === "relevance" ? shownPicture : null, shown.overlay);
    scale.node.classList.toggle("lrp-unneeded", Boolean(shown.bars));
    steps.update(shown);
    scale.update({
      explained: maps.summary.explained,
      ...shown,
      clipped: clippedShare(shown.map.values, shown.limits),
    });
    const best = strongest(shown.map.values);
    map.describe(describe(layer, best));
    drawMeasures();
    drawPlace();
  }

  function drawRanking(layer) {
    ranking.update({
      scale: model.get("scale"),
      percentile: model.get("percentile"),
      layer,
      chosen: model.get("channel"),
      concept: model.get("concept"),
      telling: model.get("telling"),
      differences: model.get("differences"),
      followed: followed()[layer.name] ?? [],
      follows: canFollow(),
      names: layer.classes ? classNames(layer) : {},
      table: tableOf("relevance"),
    });
  }

  const canFollow = () => model.get("follows") && !onExportedPage(model);

  function drawSign() {
    sign.update(model.get("through"), canFollow());
  }

  function drawMeasures() {
    if (!shown) return;
    const ofSums =
      shown.quantity === "relevance" && !shown.step && shown.channelShown === undefined;
    measures.update(model.get("measures"), shown.of, ofSums);
  }

  function drawStep() {
    if (!count()) return;
    if (!model.get("step")) steps.forget();
    place.window = null;
    drawMap();
    announce(steps.isOn() ? steps.node.lastChild.textContent : reading.node.textContent);
  }

  function describe(layer, best) {
    const { quantity, map: at, depth } = shown;
    const what =
      { relevance: "Relevance", activation: "Activation" }[quantity] ?? `Step ${quantity}`;
    const cell = Math.floor(best / depth);
    const where = layer.wrapped
      ? `unit ${cell}${layer.classes ? `, ${classNames(layer)[cell]}` : ""}`
      : placeWords(shown.layer.shape, at.columns, cell)
          .map((words) => words.join(" "))
          .join(", ");
    const channel = shown.channelShown === undefined ? "" : `, channel ${shown.channelShown}`;
    const total = quantity === "relevance" ? `, total ${formatTotal(layer.total)}` : "";
    return `${what} of ${layer.name}${channel}${total}, strongest at ${where}`;
  }

  function classNames(layer) {
    return maps.summary.class_names.slice(0, layer.size);
  }

  function drawPlace() {
    if (!shown) return;
    const { layer, depth, quantity } = shown;
    const { source, cell, map: at } = placeNow();
    const index = cell.row * at.columns + cell.column;
    const values = Array.from(at.values.subarray(index * depth, (index + 1) * depth));
    map.markCell(shown.bars ? null : cell);
    picture.mark(layer.wrapped ? null : cell, at);
    const from = shown.step ? steps.point(cell) : "";
    reading.update({
      source,
      place: placeWords(layer.shape, at.columns, index),
      values,
      quantity,
      opens: !shown.step && isAnswered(model, asksForUnit()),
      unit: layer.wrapped ? index : undefined,
      name: layer.classes ? classNames(layer)[index] : "",
      detail: [detail(layer), from].filter(Boolean).join("; "),
    });
  }

  function detail(layer) {
    if (shown.bars) return "";
    if (layer.wrapped) return `${layer.size} units, laid out in rows of ${layer.columns}`;
    if (shown.colors) return "";
    if (shown.channelShown !== undefined)
      return `channel ${shown.channelShown} of ${layer.channels}`;
    return layer.channels > 1 ? `summed over ${layer.channels} channels` : "";
  }

  function drawStepping() {
    if (!count()) return;
    const stops = folding.stops().length;
    const place = { number: count() - current(), of: count() };
    stepping.update(stops - 1 - stopNow(), stops, layerNow(), play.playing(), place);
  }

  function drawLayer() {
    if (!count()) return;
    const layer = layerNow();
    name.textContent = layer.name;
    kind.textContent = [layer.kind_text, shapeText(layer.shape)].join(" · ");
    const start = maps.summary.start_total;
    const share = start ? percent(layer.total / start) : null;
    const goesOn = (layer.total - layer.absorbed["set aside"]) / start;
    arrived.replaceChildren(
      ...(share
        ? [
            element("b", {}, share),
            " of the initial R arrived here",
            ...(layer.name in followed()
              ? [", ", element("b", {}, percent(goesOn)), " is followed"]
              : []),
          ]
        : [`ΣR ${signed(layer.total)}`]),
    );
    arrived.title = `ΣR of ${layer.name} is ${formatTotal(layer.total)}; the initial relevance (${maps.summary.start}) is ${formatTotal(start)}`;
    if (folding.show(layer.name)) buildStops();
    equation.update(layer);
    openable.update(units ? units.filter((unit) => unit.layer === layer.name) : []);
    drawMap();
    markStops();
    announce(`${layer.name}, layer ${count() - current()} of ${count()}, ${arrived.textContent}`);
  }

  const revealSoon = oncePerFrame(() => {
    if (!count()) return;
    strip.reveal(layerNow().name);
    totals.reveal(layerNow().name);
  });

  const drawStripSoon = oncePerFrame(() => strip.draw(maps.layers, look));

  /** Tell screen readers, once the person has stopped stepping. */
  function announce(text) {
    clearTimeout(announcing);
    announcing = setTimeout(() => (live.textContent = text), 400);
  }

  function load() {
    maps.load();
    folding.take(maps.layers, model.get("unfolded"));
    steps.forget();
    for (const data of [channels, concepts, telling]) data.forget();
    shown = null;
    drawSign();
    drawPin();
    play.stop();
    const isEmpty = !count();
    stepper.toggleAttribute("data-empty", isEmpty);
    (isEmpty ? empty.place : layerCard).append(notice.node);
    if (isEmpty) return;
    const bytes = model.get("relevance_tables");
    model.get("colormaps").forEach((colormap, i) => {
      tables[colormap] = relevanceTable(
        new Uint8Array(bytes.buffer, bytes.byteOffset + 768 * i, 768),
      );
    });
    shownPicture = pictureOf(model.get("picture"), maps.summary);
    picture.show(shownPicture);
    panel.showPicture(shownPicture);
    panel.showLayers(model.get("unit_layers"));
    equation.build(maps.layers);
    folding.show(layerNow().name);
    buildStops();
    predictions.build(maps.summary.predictions, maps.summary.random);
    drawLayer();
  }

  const fade = fadesSlowly(stepper);
  function drawNotices() {
    fade(model.get("stale"));
    stepper.setAttribute("aria-busy", String(Boolean(model.get("status"))));
    notice.update({
      text: model.get("status"),
      progress: model.get("progress"),
      cancellable: model.get("cancellable"),
      problem: model.get("error"),
      notes: model.get("notes"),
    });
    if (model.get("error")) panel.rest();
    empty.update(Boolean(model.get("status") || model.get("error")));
  }

  // ---- wiring ----
  const drawMapSoon = oncePerFrame(drawMap);
  const listeners = {
    "change:summary": load,
    "change:current": drawLayer,
    "change:unit": drawUnit,
    "change:totals": () => totals.see(model.get("totals")),
    "change:pin": drawPin,
    "change:unfolded": drawFolding,
    ...Object.fromEntries(SETTINGS.map((key) => [`change:${key}`, drawMapSoon])),
    "change:quantity": drawMap,
    "change:step": drawStep,
    "change:ranked": drawMap,
    "change:concept": drawMapSoon,
    "change:telling": drawMapSoon,
    "change:differences": drawMapSoon,
    "change:follows": () => {
      drawSign();
      drawMap();
    },
    "change:pace": () => shown && steps.update(shown),
    "change:channel": drawMapSoon,
    "msg:custom": (message) => message.type === "halt" && halt(),
    "change:measures": drawMeasures,
    ...Object.fromEntries(NOTICES.map((key) => [`change:${key}`, drawNotices])),
  };
  for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
  const redrawStrip = () => count() && drawStripSoon();
  const stripSettings = ["colormap", "scale", "limits", "percentile", "quantity"].map(
    (key) => `change:${key}`,
  );
  for (const event of stripSettings) model.on(event, redrawStrip);

  // A lesson may hold several views: the landmarks of each are named apart.
  const named = { Layer: layerCard, Totals: totalsCard, "Film strip": stripCard };
  const tellApart = () => {
    const at = [...document.querySelectorAll(".lrp-stepper:not(.lrp-view-part)")].indexOf(stepper);
    for (const [label, card] of Object.entries(named)) {
      card.setAttribute("aria-label", at > 0 ? `${label}, view ${at + 1}` : label);
    }
  };
  const resized = new ResizeObserver(
    oncePerFrame(() => {
      tellApart();
      if (shown?.bars) drawMap();
      if (count()) revealSoon();
    }),
  );
  resized.observe(map.node);
  // Where its words do not all fit, the keyboard can get there to scroll.
  const overfull = new ResizeObserver(() => {
    if (looking.scrollHeight > looking.clientHeight) looking.tabIndex = 0;
    else looking.removeAttribute("tabindex");
  });
  for (const node of [looking, ...looking.children]) overfull.observe(node);
  const endKeys = keysOfPage(stepper, onKey);
  drawNotices();
  load();
  drawUnit();
  model.send({ type: "seen" });

  return () => {
    play.clear();
    clearTimeout(announcing);
    endKeys();
    steps.close();
    for (const data of [channels, concepts, telling]) data.close();
    panel.close();
    resized.disconnect();
    overfull.disconnect();
    maps.close();
    fade(false);
    for (const ask of [drawMapSoon, drawStripSoon, revealSoon]) ask.cancel();
    for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
    for (const event of stripSettings) model.off(event, redrawStrip);
    frame.remove();
  };
}

function pictureOf(bytes, { picture_shape: shape, version }) {
  if (!shape) return null;
  const [rows, columns] = shape;
  return {
    rows,
    columns,
    key: String(version),
    bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  };
}

/** What stands there before there is anything to show: pale cards and the words that say why. */
function emptyPage() {
  const idle = element("p", {}, "Nothing is explained yet.");
  const place = element("div", { class: "lrp-empty-words" }, idle);
  const block = (kind) => element("div", { class: `lrp-blank lrp-blank-${kind}` });
  const node = element(
    "div",
    { class: "lrp-empty" },
    element(
      "div",
      { class: "lrp-card lrp-layer" },
      block("title"),
      block("line"),
      block("map"),
      place,
    ),
    element(
      "div",
      { class: "lrp-card lrp-totals" },
      ...Array.from({ length: 12 }, () => block("bar")),
    ),
    element(
      "div",
      { class: "lrp-card lrp-strip" },
      ...Array.from({ length: 10 }, () => block("frame")),
    ),
  );
  return {
    node,
    place,
    update(busy) {
      idle.hidden = busy;
    },
  };
}

export default { render };
