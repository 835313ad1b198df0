// Is the map right? The picture is taken apart patch by patch, beside it the curves, below measures.

import "../shared/theme.css";
import "../stepper/stepper.css";
import "./judge.css";
import { relevanceLimits } from "../shared/color_limits.js";
import { relevanceTable } from "../shared/colormap.js";
import { element, keepKeys, oncePerFrame } from "../shared/dom.js";
import { follow } from "../shared/follow.js";
import { paintMap } from "../shared/heatmap.js";
import { noticeLine } from "../shared/notice.js";
import { keysOfPage } from "../shared/page_keys.js";
import { segments } from "../shared/segments.js";
import { confidence } from "./confidence.js";
import { curveChart, find } from "./curve_chart.js";
import { measureList } from "./measure_list.js";
import { playing } from "./playing.js";
import { takenApart } from "./taken_apart.js";

const WHOLE = 12_000; // milliseconds that playing all patches takes, about
const CALM = 3; // times as long for those who asked their system for less motion
const KEPT = 250; // milliseconds until the kernel is told how far the picture is taken apart
const PERCENTILE = 99.5;
const KEYS = [
  ["← →", "one patch"],
  ["space", "play"],
  ["Home End", "ends"],
];
const NUMBERS = new Set(["patch"]);

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const headline = element("p", { class: "lrp-judge-headline", role: "status" });
  const areas = element("p", { class: "lrp-judge-areas" });
  const picture = takenApart();
  const says = element("p", { class: "lrp-judge-says", "aria-live": "off" });
  const map = element("canvas", { role: "img" });
  const mapBox = element("div", { class: "lrp-judge-picture" }, map);
  const player = playing({ goTo, step, togglePlay: () => (timer ? stop() : play()) });
  const order = segments(
    "Which patches go first",
    [
      ["morf", "relevant first", "The patches with the most relevance of this map go first"],
      ["lerf", "least first", "Those with the least go first"],
      ["random", "random", "In an order that knows no map"],
    ],
    (value) => {
      set({ order: value });
      stop();
    },
  );
  const fields = model.get("choices").map(field);
  const curves = curveChart(goTo);
  const measures = measureList((key) => model.send({ type: "measure", key }));
  const notice = noticeLine(
    {
      cancel: () => model.send({ type: "cancel" }),
      dismiss: () => model.send({ type: "dismiss" }),
    },
    KEYS,
  );
  const again = element(
    "button",
    {
      type: "button",
      class: "lrp-button lrp-judge-again",
      hidden: true,
      onclick: () => model.send({ type: "again" }),
    },
    "Take it apart",
  );
  const figure = (words, box) =>
    element("figure", {}, element("figcaption", { class: "lrp-heading" }, words), box);
  const card = element(
    "section",
    { class: "lrp-card lrp-judge-card", "aria-label": "The picture taken apart" },
    element(
      "div",
      { class: "lrp-judge-choices", role: "group", "aria-label": "How it is taken apart" },
      ...fields.map(({ row }) => row),
    ),
    element(
      "div",
      { class: "lrp-judge-both" },
      element(
        "div",
        { class: "lrp-judge-left" },
        element(
          "div",
          { class: "lrp-judge-figures" },
          figure("what the network sees", picture.node),
          figure("the map", mapBox),
        ),
        says,
        player.node,
        order.node,
      ),
      element("div", { class: "lrp-judge-right" }, areas, curves.node),
    ),
    again,
    notice.node,
  );
  const page = element(
    "div",
    { class: "lrp-judge", tabindex: -1, onfocusin: keepKeys, onkeydown: onKey },
    element(
      "section",
      { class: "lrp-card lrp-judge-head", "aria-label": "What the curves say" },
      headline,
    ),
    card,
    element(
      "section",
      { class: "lrp-card lrp-judge-below", "aria-label": "Measures", tabindex: 0 },
      measures.node,
    ),
  );
  const frame = element("div", { class: "lrp-stepper-frame" }, page);
  el.append(frame);

  // ---- state ----
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let count = model.get("replaced");
  let timer = 0;
  let keeping = 0;
  const told = () => model.get("curves");
  const drawn = () => told().curves?.length > 0;
  const curve = () =>
    model.get("order") === "random"
      ? find(told(), "random", "random")
      : find(told(), "a", model.get("order"));
  const last = () => (curve()?.scores.length ?? 1) - 1;

  function set(values) {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    model.save_changes();
  }

  function field({ name, label, help, options }) {
    const input = element(
      "select",
      {
        "data-setting": name,
        title: help,
        onchange: () => set({ [name]: NUMBERS.has(name) ? Number(input.value) : input.value }),
      },
      ...options.map(([value, words]) => element("option", { value }, words)),
    );
    return { name, input, row: element("label", {}, element("span", {}, label), input) };
  }

  // ---- taking apart ----
  function goTo(next) {
    if (!drawn()) return;
    count = Math.min(last(), Math.max(0, next));
    clearTimeout(keeping);
    keeping = setTimeout(keep, KEPT);
    drawPlace();
  }

  function keep() {
    clearTimeout(keeping);
    if (count !== model.get("replaced")) set({ replaced: count });
  }

  function step(by) {
    stop();
    goTo(count + by);
  }

  function play() {
    if (!drawn()) return;
    if (count >= last()) goTo(0);
    const pace = Math.min(400, Math.max(60, WHOLE / last())) * (calm.matches ? CALM : 1);
    timer = setInterval(() => {
      goTo(count + 1);
      if (count >= last()) stop();
    }, pace);
    drawPlace();
  }

  function stop() {
    if (!timer) return;
    clearInterval(timer);
    timer = 0;
    keep();
    drawPlace();
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !drawn()) return;
    if (event.target.matches("input:not([type=range]), select, textarea")) return;
    if (event.target.closest(".lrp-judge-below, .lrp-chart-numbers") && event.key !== " ") return;
    const far = Math.max(1, Math.round(last() / 10));
    const steps = { ArrowRight: 1, ArrowLeft: -1, PageDown: far, PageUp: -far };
    if (event.key in steps) step(steps[event.key]);
    else if (event.key === "Home") step(-last());
    else if (event.key === "End") step(last());
    else if (event.key === " " && !event.target.closest("button, summary")) {
      if (timer) stop();
      else play();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // ---- drawing ----
  function drawPlace() {
    const one = curve();
    if (one) count = Math.min(count, last()); // without curves it waits for them
    const words = one ? confidence(one, count, told()) : "";
    says.textContent = words;
    says.toggleAttribute("data-lost", Boolean(one) && one.predicted[count] !== told().target);
    player.update(one ? count : 0, last(), timer !== 0, words);
    picture.draw(
      one?.replaced ?? [],
      one ? count : 0,
      told().patch,
      `The picture, ${count} of ${last()} patches replaced`,
    );
    curves.mark(count);
  }

  function drawCurves() {
    const some = drawn();
    page.toggleAttribute("data-empty", !some);
    headline.textContent = model.get("headline");
    areas.replaceChildren(
      "area between the curves, ",
      ...model.get("areas").flatMap((text, i) => [i ? " · " : "", element("b", {}, text)]),
      " · by chance 0 in the mean",
    );
    areas.hidden = !some;
    if (some) curves.update(told(), model.get("headline"));
    drawPlace();
  }

  function drawPicture() {
    const shown = model.get("picture");
    if (!shown.rows) return;
    picture.load(shown);
    const bytes = model.get("map");
    const values = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    );
    const { rows, columns } = shown;
    mapBox.style.aspectRatio = `${columns} / ${rows}`;
    const at = model.get("colormaps").indexOf(model.get("colormap"));
    const tables = model.get("tables");
    const table = relevanceTable(new Uint8Array(tables.buffer, tables.byteOffset + 768 * at, 768));
    const limits = relevanceLimits(values, "symmetric", PERCENTILE);
    paintMap(map, { values, rows, columns }, limits, table);
    map.setAttribute("aria-label", "The relevance of the pixels, on a scale of its own");
    drawPlace();
  }

  function drawChoices() {
    order.set(model.get("order"));
    for (const { name, input } of fields) {
      input.value = String(model.get(name));
      input.disabled = model.get("locked");
    }
  }

  function drawOrder() {
    drawChoices();
    drawPlace();
  }

  function drawSigns() {
    page.toggleAttribute("data-stale", model.get("stale"));
    page.setAttribute("aria-busy", String(model.get("stale")));
    notice.update({
      text: model.get("status"),
      progress: model.get("progress"),
      cancellable: Boolean(model.get("status")), // everything here can be
      problem: model.get("error"),
      notes: model.get("notes"),
    });
    again.hidden = !model.get("ended");
    drawMeasures();
  }

  function drawMeasures() {
    measures.update(model.get("measures"), Boolean(model.get("status")));
  }

  function moved() {
    if (timer || model.get("replaced") === count) return;
    clearTimeout(keeping);
    count = model.get("replaced");
    drawPlace();
  }

  // ---- wiring ----
  const curvesSoon = oncePerFrame(() => {
    drawCurves();
    drawSigns();
  });
  const pictureSoon = oncePerFrame(drawPicture);
  const unfollow = follow(model, [
    [["curves", "headline", "areas"], curvesSoon],
    [["picture", "map", "colormap"], pictureSoon],
    [["measures"], drawMeasures],
    [["replaced"], moved],
    [["order"], drawOrder],
    [["versus", "patch", "baseline", "score", "locked"], drawChoices],
    [["status", "progress", "stale", "ended", "error", "notes"], drawSigns],
  ]);
  const endKeys = keysOfPage(page, onKey);
  drawChoices();
  drawCurves();
  drawPicture();
  drawSigns();

  return () => {
    clearInterval(timer);
    clearTimeout(keeping);
    endKeys();
    curves.close();
    for (const ask of [curvesSoon, pictureSoon]) ask.cancel();
    unfollow();
    frame.remove();
  };
}

export default { render };
