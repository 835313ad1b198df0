// Lines over named steps, each with a band of one standard error, and the numbers as a table.

import "../../shared/theme.css";
import "./map_row.css";
import "./line_chart.css";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { fixed } from "../../shared/format.js";
import { areaY, chart, dot, lineY, ruleY, SERIES } from "../../shared/plot.js";

const DASHES = ["none", "7 3", "2 3", "9 3 2 3", "1 4", "12 4"];
const MOST_NAMES = 20; // more names than that lie on each other

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  const plot = element("div", {});
  const status = element("p", { class: "lrp-map-row-status", role: "status" });
  const card = element(
    "section",
    {
      class: "lrp-card lrp-map-row-card lrp-line-chart",
      "aria-label": model.get("title"),
      onfocusin: keepKeys,
    },
    plot,
    status,
  );
  el.append(card);
  const curve = chart(plot, { marks: [], label: model.get("title") });

  function draw() {
    const names = model.get("names");
    const lines = model.get("lines").map((line, k) => ({
      ...line,
      color: SERIES[k % SERIES.length],
      dash: DASHES[k % DASHES.length],
    }));
    const points = ({ values, errors }) =>
      values.map((value, k) => ({ k, value: value ?? Number.NaN, error: errors[k] ?? 0 }));
    const every = Math.ceil(names.length / MOST_NAMES);
    const longest = Math.max(0, ...names.map((name) => name.length));
    const slanted = longest > 3;
    curve.update({
      height: slanted ? 300 : 240,
      marginLeft: 44,
      marginBottom: slanted ? Math.min(110, 30 + 5 * longest) : 36,
      x: {
        label: model.get("across"),
        domain: [0, Math.max(1, names.length - 1)],
        ticks: names.map((_, k) => k).filter((k) => k % every === 0),
        tickFormat: (k) => names[k],
        tickRotate: slanted ? -45 : 0,
        labelAnchor: "right",
      },
      y: { label: model.get("up"), domain: [model.get("low"), 1], grid: true },
      marks: [
        ruleY([0], { stroke: "#8a94a2" }),
        ...lines.flatMap((line) => [
          areaY(points(line), {
            x: "k",
            y1: (each) => each.value - each.error,
            y2: (each) => each.value + each.error,
            fill: line.color,
            fillOpacity: 0.15,
          }),
          lineY(points(line), {
            x: "k",
            y: "value",
            stroke: line.color,
            strokeWidth: 2,
            strokeDasharray: line.dash,
          }),
          dot(points(line), { x: "k", y: "value", fill: line.color, r: 2.5 }),
        ]),
      ],
      legend: lines.map(({ words, color, dash }) => ({ words, color, dash })),
      label: `${model.get("title")}: ${lines.map((line) => spoken(line, names)).join("; ")}.`,
      table: {
        columns: [model.get("across"), ...lines.map(({ words }) => words)],
        rows: names.map((name, k) => [
          name,
          ...lines.map(({ values, errors }) => numberAt(values[k], errors[k])),
        ]),
      },
    });
    status.textContent = model.get("status");
  }

  const unfollow = follow(model, [[["lines", "status"], draw]]);
  draw();
  return () => {
    unfollow();
    curve.close();
    card.remove();
  };
}

/** A line's first and last value in words. */
function spoken({ words, values }, names) {
  const last = values.length - 1;
  return `${words} from ${numberAt(values[0])} at ${names[0]} to ${numberAt(values[last])} at ${names[last]}`;
}

function numberAt(value, error) {
  if (value == null) return "–";
  return `${fixed(value, 3)}${error == null ? "" : ` ± ${fixed(error, 3)}`}`;
}

export default { render };
