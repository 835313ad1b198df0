// A scene taken apart by two methods: what is left of it, the curves, and the areas between them.

import "../../shared/theme.css";
import "./map_row.css";
import "./parts.css";
import "./perturbation_curves.css";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { fixed, probability } from "../../shared/format.js";
import { mapPanel } from "../../shared/map_panel.js";
import { areaY, chart, lineY, ruleX, SERIES } from "../../shared/plot.js";
import { segments } from "../../shared/segments.js";

const ORDERS = [
  ["morf", "most relevant first"],
  ["lerf", "least relevant first"],
  ["random", "random order"],
];
const COLOURS = { first: SERIES[0], second: SERIES[1], random: "#5b6675" };
const DASHES = { morf: "none", lerf: "6 4", random: "2 3" };

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const menus = Object.fromEntries(
    [
      ["scene", "Picture"],
      ["first", "First method"],
      ["second", "Second method"],
      ["baseline", "Replaced by"],
    ].map(([name, words]) => {
      const menu = element("select", { class: "lrp-list", onchange: () => choose(name) });
      return [name, { menu, label: element("label", {}, `${words} `, menu) }];
    }),
  );
  const order = segments("Order", ORDERS, (value) => put("order", value));
  const slider = element("input", {
    type: "range",
    min: 0,
    step: 1,
    "aria-label": "patches replaced",
  });
  slider.addEventListener("input", () => put("at", slider.valueAsNumber));
  const said = element("output", {});
  const first = mapPanel("first");
  const second = mapPanel("second");
  const plot = element("div", { class: "lrp-perturb-chart" });
  const table = element("table", { class: "lrp-numbers lrp-perturb-areas" });
  const status = element("p", { class: "lrp-map-row-status", role: "status" });
  const card = element(
    "section",
    {
      class: "lrp-card lrp-map-row-card lrp-perturb",
      "aria-label": "A picture taken apart",
      onfocusin: keepKeys,
    },
    element(
      "div",
      { class: "lrp-perturb-controls" },
      ...Object.values(menus).map(({ label }) => label),
    ),
    element(
      "div",
      { class: "lrp-perturb-controls" },
      order.node,
      element("label", { class: "lrp-perturb-slider" }, "patches replaced ", slider, said),
    ),
    element("div", { class: "lrp-perturb-row" }, first.node, second.node, plot),
    element("div", { class: "lrp-perturb-scroll", tabindex: 0 }, table),
    status,
  );
  el.append(card);
  const curve = chart(plot, { marks: [], label: "" });

  function put(trait, value) {
    model.set(trait, value);
    model.save_changes();
  }

  function choose(name) {
    const value = menus[name].menu.value;
    put("chosen", { ...model.get("chosen"), [name]: name === "scene" ? Number(value) : value });
  }

  const label = (list, value) => model.get(list).find((each) => each.value === value)?.label;
  const named = (name) => label("methods", model.get("chosen")[name]);

  // ---- drawing ----
  function drawMenus() {
    const lists = { scene: "scenes", first: "methods", second: "methods", baseline: "baselines" };
    for (const [name, { menu }] of Object.entries(menus)) {
      menu.replaceChildren(
        ...model
          .get(lists[name])
          .map((each) => element("option", { value: each.value }, each.label)),
      );
      menu.value = String(model.get("chosen")[name]);
    }
    status.textContent = model.get("status");
  }

  const wayOf = (name, shown) =>
    shown === "random" ? model.get("curves").random.random : model.get("curves")[name][shown];

  function drawPictures() {
    if (!model.get("curves").first) return;
    const shown = model.get("order");
    order.set(shown);
    const { rows, columns, says, title } = model.get("drawn");
    const count = wayOf("first", shown).replaced.length;
    const at = Math.min(model.get("at"), count);
    Object.assign(slider, { max: count, valueAsNumber: at });
    const words = `${at} of ${count}`;
    slider.setAttribute("aria-valuetext", words);
    said.textContent = words;
    for (const [name, panel] of Object.entries({ first, second })) {
      const way = wayOf(name, shown);
      panel.title(named(name));
      panel.picture({ rows, columns, bytes: leftOf(way.replaced.slice(0, at)) });
      panel.describe(`${title} with ${words} patches replaced, ${named(name)}`);
      panel.numbers(
        [],
        [
          [`“${says}”`, probability(way.scores[at])],
          ["as it is", probability(way.scores[0])],
        ],
      );
    }
  }

  /** The picture with patches replaced. */
  function leftOf(patches) {
    const { rows, columns, patch } = model.get("drawn");
    const bytes = bytesOf(model.get("picture")).slice();
    const other = bytesOf(model.get("replacement"));
    for (const [top, left] of patches) {
      for (let row = top; row < Math.min(rows, top + patch); row++) {
        const from = 3 * (row * columns + left);
        const to = 3 * (row * columns + Math.min(columns, left + patch));
        bytes.set(other.subarray(from, to), from);
      }
    }
    return bytes;
  }

  function drawCurves() {
    const curves = model.get("curves");
    if (!curves.first) return;
    const lines = [
      ["first", "morf"],
      ["first", "lerf"],
      ["second", "morf"],
      ["second", "lerf"],
      ["random", "random"],
    ].map(([name, way]) => ({
      color: COLOURS[name],
      dash: DASHES[way],
      words:
        name === "random"
          ? "random order"
          : `${named(name)}, ${way === "morf" ? "most" : "least"} first`,
      scores: curves[name][way].scores,
    }));
    const between = (name) =>
      curves[name].morf.scores.map((low, k) => ({ k, low, high: curves[name].lerf.scores[k] }));
    const count = lines[0].scores.length - 1;
    curve.update({
      height: 250,
      marginLeft: 40,
      x: { label: "patches replaced", domain: [0, count] },
      y: { label: "probability of the class", domain: [0, 1], grid: true },
      marks: [
        ...["first", "second"].map((name) =>
          areaY(between(name), {
            x: "k",
            y1: "low",
            y2: "high",
            fill: COLOURS[name],
            fillOpacity: 0.08,
          }),
        ),
        ...lines.map(({ color, dash, scores }) =>
          lineY(scores, {
            x: (_, k) => k,
            y: (value) => value,
            stroke: color,
            strokeDasharray: dash,
          }),
        ),
        ruleX([Math.min(model.get("at"), count)], { stroke: "#1d2530" }),
      ],
      legend: lines.map(({ words, color, dash }) => ({ words, color, dash })),
      label: `The probability of “${model.get("drawn").says}” while patches are replaced: ${lines
        .map(
          ({ words, scores }) =>
            `${words} from ${fixed(scores[0], 2)} to ${fixed(scores[count], 2)}, half way ${fixed(scores[count >> 1], 2)}`,
        )
        .join("; ")}.`,
      table: {
        columns: ["replaced", ...lines.map(({ words }) => words)],
        rows: lines[0].scores.map((_, k) => [k, ...lines.map(({ scores }) => fixed(scores[k], 3))]),
      },
    });
  }

  function drawAreas() {
    const chosen = model.get("chosen").baseline;
    const heads = [
      "replaced by",
      ...["first", "second"].flatMap((name) => [`${named(name)}, here`, "mean ± error (n)"]),
    ];
    table.replaceChildren(
      element("caption", {}, "area between the curves: least first, minus most first"),
      element(
        "thead",
        {},
        element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text))),
      ),
      element(
        "tbody",
        {},
        ...model.get("areas").map((entry) =>
          element(
            "tr",
            { class: entry.baseline === chosen ? "lrp-perturb-chosen" : undefined },
            element("th", { scope: "row" }, label("baselines", entry.baseline)),
            ...["first", "second"].flatMap((name) => [
              cell(
                ahead(entry, name, (each) => entry[each]),
                entry[name] === null ? "…" : fixed(entry[name], 3),
              ),
              cell(
                ahead(entry, name, (each) => entry[`${each}_mean`][0]),
                meanOf(entry[`${name}_mean`]),
              ),
            ]),
          ),
        ),
      ),
    );
  }

  // ---- wiring ----
  const unfollow = follow(model, [
    [["chosen", "scenes", "methods", "baselines", "status"], drawMenus],
    [["curves", "order", "at"], drawPictures],
    [["curves", "at"], drawCurves],
    [["areas", "chosen"], drawAreas],
  ]);
  drawMenus();
  drawPictures();
  drawCurves();
  drawAreas();
  return () => {
    unfollow();
    curve.close();
    card.remove();
  };
}

/** Whether the method is ahead of the other one in a row. */
function ahead(_entry, name, value) {
  const other = name === "first" ? "second" : "first";
  const [mine, theirs] = [value(name), value(other)];
  return mine != null && theirs != null && mine > theirs;
}

const cell = (bold, text) => element("td", {}, bold ? element("b", {}, text) : text);

function meanOf([mean, error, count]) {
  return count ? `${fixed(mean, 3)} ± ${fixed(error, 3)} (${count})` : "–";
}

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

export default { render };
