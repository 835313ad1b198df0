// The perturbation curves, the area between a map's two, and the place that is looked at.

import { element } from "../shared/dom.js";
import { fixed } from "../shared/format.js";
import { areaY, chart, lineY, ruleY, SERIES } from "../shared/plot.js";

const WORDS = { morf: "most relevant first", lerf: "least relevant first", random: "random order" };
const STROKES = { a: SERIES[0], b: SERIES[1], random: "#5b6675" };
// Colour never tells a curve alone.
const DASHES = { morf: undefined, lerf: "6 3", random: "2 3" };

const nameOf = ({ name, map, order }) =>
  map === "random" ? WORDS.random : `${name}, ${WORDS[order]}`;

/** `look(count)`: somebody points at a place of the curves. */
export function curveChart(look) {
  const cursor = element("i", { class: "lrp-judge-cursor", hidden: true });
  const node = element("div", { class: "lrp-judge-chart" });
  let shown = null;
  let at = 0;

  function place() {
    const x = shown?.scale("x");
    cursor.hidden = !x;
    if (x) cursor.style.left = `${x.apply(at)}px`;
  }

  function point(event) {
    const x = shown?.scale("x");
    if (!x || (event.type === "pointermove" && !event.buttons)) return;
    const box = shown.picture.getBoundingClientRect();
    const zoom = box.width / shown.picture.clientWidth;
    look(Math.round(x.invert((event.clientX - box.left) / zoom)));
  }

  return {
    node,
    /** `told`: as the kernel packs curves; null for none. */
    update(told, label) {
      const spec = { ...specOf(told), label, drawn: place };
      if (shown) return shown.update(spec);
      shown = chart(node, spec);
      shown.picture.append(cursor);
      for (const kind of ["pointerdown", "pointermove"])
        shown.picture.addEventListener(kind, point);
    },
    mark(count) {
      at = count;
      place();
    },
    close() {
      shown?.close();
    },
  };
}

function specOf(told) {
  const count = told.curves[0].scores.length - 1;
  const rows = ({ scores }) => scores.map((score, k) => ({ k, score }));
  const pairs = ["b", "a"]
    .map((map) => ["morf", "lerf"].map((order) => find(told, map, order)))
    .filter((pair) => pair.every(Boolean));
  return {
    height: 250,
    marginTop: 24,
    marginLeft: 38,
    marginRight: 10,
    marginBottom: 34,
    x: { domain: [0, count], label: "patches replaced", labelArrow: false, ticks: 6, nice: false },
    y: {
      label: `${told.score} of ${told.class}`,
      labelArrow: false,
      grid: true,
      ticks: 5,
      ...(told.score === "probability" ? { domain: [0, 1] } : {}),
    },
    marks: [
      ruleY([0], { stroke: "#9aa5b3" }),
      ...pairs.map(([most, least]) =>
        areaY(
          most.scores.map((y1, k) => ({ k, y1, y2: least.scores[k] })),
          { x: "k", y1: "y1", y2: "y2", fill: STROKES[most.map], fillOpacity: 0.13 },
        ),
      ),
      ...told.curves.toReversed().map((curve) =>
        lineY(rows(curve), {
          x: "k",
          y: "score",
          stroke: STROKES[curve.map],
          strokeDasharray: DASHES[curve.order],
          strokeWidth: curve.map === "a" ? 2.2 : 1.6,
          curve: "linear",
        }),
      ),
    ],
    legend: told.curves.toSorted(byMap).map((curve) => ({
      words: nameOf(curve),
      color: STROKES[curve.map],
      dash: DASHES[curve.order],
    })),
    table: {
      columns: ["patches replaced", ...told.curves.map(nameOf)],
      rows: told.curves[0].scores.map((_, k) => [
        k,
        ...told.curves.map(({ scores }) => fixed(scores[k], 3)),
      ]),
    },
  };
}

/** This map, the second one, and the random order. */
const byMap = (one, other) => one.map.localeCompare(other.map);

export function find(told, map, order) {
  return told.curves?.find((curve) => curve.map === map && curve.order === order);
}
