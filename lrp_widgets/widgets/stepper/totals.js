import { element } from "../shared/dom.js";
import { formatTotal, number, probability } from "../shared/format.js";
import { segments } from "../shared/segments.js";
import { absorbedLine } from "./absorbed.js";
import { waterfallTable } from "./waterfall.js";

/** The ledger's entries in words. */
const ABSORBED = {
  bias: "the bias",
  stabilizer: "the stabilizer ε",
  dead: "dead units",
  padding: "the padding",
  "set aside": "what is set aside",
};
const classOf = (key) => `lrp-bar-${key.replace(" ", "-")}`;
const VIEWS = [
  ["layers", "by layer", "ΣR of every layer"],
  [
    "causes",
    "by cause",
    "From the output to the pixels: what bias, stabilizer, dead units and padding took or gave",
  ],
];

const VISIBLE = 0.002; // smaller shares of the bar would not be seen

function width(share) {
  return `${100 * Math.min(1, Math.max(0, share))}%`;
}

function handedOn({ total, absorbed }) {
  return Object.values(absorbed).reduce((left, value) => left - value, total);
}

function absorbedText(layer) {
  const parts = Object.keys(ABSORBED).filter((key) => layer.absorbed[key]);
  if (layer.kind === "input") return "the relevance ends here";
  if (!parts.length) return "nothing absorbed on the way down";
  const [gained, lost] = [
    parts.filter((key) => isGain(layer, key)),
    parts.filter((key) => !isGain(layer, key)),
  ];
  const told = (words, keys, joint) =>
    keys.length &&
    `${words} on the way down: ${keys.map((key) => `${number(Math.abs(layer.absorbed[key]))} ${joint} ${ABSORBED[key]}`).join(", ")}`;
  return [told("absorbed", lost, "to"), told("gained", gained, "from")].filter(Boolean).join("; ");
}

/** Whether the inputs got more than the layer received, for an entry of the other sign. */
function isGain(layer, key) {
  return layer.absorbed[key] * (layer.total || 1) < 0;
}

/** How long a layer's bar is, in units of relevance: what it received, and what was gained. */
function lengthOf(layer) {
  const size = (keys) => keys.reduce((sum, key) => sum + Math.abs(layer.absorbed[key]), 0);
  const gained = Object.keys(ABSORBED).filter((key) => isGain(layer, key));
  return Math.abs(layer.total) + size(gained);
}

/** Relevance by layer: a bar each, output on top; what is absorbed below a layer is hatched, what is
 *  gained stands beyond its end. Or by cause, as a waterfall; `see(which)` is told what is chosen. */
export function totalsList(goTo, see) {
  const rows = new Map();
  const list = element("div", {
    class: "lrp-bars",
    role: "group",
    "aria-label": "Relevance by layer, output to input",
  });
  const legend = element("div", { class: "lrp-legend" });
  const absorbed = absorbedLine(goTo);
  const heading = element(
    "div",
    { class: "lrp-heading", role: "heading", "aria-level": 3 },
    "Relevance by layer, ΣR",
  );
  const views = segments("Totals", VIEWS, see);
  const fall = waterfallTable(goTo, (entry) => see(entry || "causes"));
  const node = element(
    "div",
    { class: "lrp-totals-part" },
    element("div", { class: "lrp-totals-head" }, heading, views.node),
    list,
    fall.node,
    absorbed.node,
    legend,
  );

  function row(layer, scale) {
    const share = (value) => Math.abs(value) / scale;
    const seen = Object.keys(ABSORBED).filter((key) => share(layer.absorbed[key]) >= VISIBLE);
    const lost = seen.filter((key) => !isGain(layer, key));
    const gained = seen.filter((key) => isGain(layer, key));
    const lostShare = lost.reduce((sum, key) => sum + share(layer.absorbed[key]), 0);
    const whole = element("i", { class: "lrp-bar-passed" });
    whole.style.width = width(share(layer.total) - lostShare);
    whole.classList.toggle("lrp-negative", layer.total < 0);
    const hatched = [...lost, ...gained].map((key) => {
      const segment = element("i", { class: classOf(key) });
      segment.classList.toggle("lrp-gained", isGain(layer, key));
      segment.style.width = width(share(layer.absorbed[key]));
      return segment;
    });
    const text = `${layer.name}: total ${formatTotal(layer.total)}; ${absorbedText(layer)}`;
    return element(
      "button",
      {
        class: "lrp-bar",
        title: text,
        "aria-label": text,
        "data-layer": layer.name,
        onclick: () => goTo(layer.name),
        onfocus: () => showLegend(layer),
        onpointerenter: () => showLegend(layer),
      },
      element("span", { class: "lrp-bar-name" }, layer.name),
      element("span", { class: "lrp-bar-track" }, whole, ...hatched),
      element("span", { class: "lrp-bar-number" }, formatTotal(layer.total)),
    );
  }

  let current = null;
  function showLegend(layer) {
    if (!layer) return;
    const aside = layer.absorbed["set aside"]; // then there is no room for what is 0
    const told = Object.keys(ABSORBED).filter((key) =>
      aside ? layer.absorbed[key] : key !== "set aside",
    );
    const entries = told.map((key) =>
      element(
        "span",
        { class: "lrp-legend-entry" },
        element("i", {
          class: `lrp-swatch ${classOf(key)}${isGain(layer, key) ? " lrp-gained" : ""}`,
        }),
        isGain(layer, key) ? `${key} (gained) ` : `${key} `,
        element("b", { "data-absorbed": key }, number(layer.absorbed[key], 2)),
      ),
    );
    legend.replaceChildren(
      element(
        "span",
        { class: "lrp-legend-title" },
        layer.kind === "input"
          ? "The relevance ends at the input."
          : `${layer.name} received ${formatTotal(layer.total)}, handed on ${formatTotal(handedOn(layer))}:`,
      ),
      ...(layer.kind === "input" ? [] : entries),
    );
  }
  list.addEventListener("pointerleave", () => showLegend(current));
  list.addEventListener("focusout", () => showLegend(current));

  return {
    node,
    /** `stops`: the layers that get a bar; `summary`: the explanation's, with start and conservation. */
    build(stops, { start_total: start, conservation, waterfall }) {
      const scale = Math.max(Math.abs(start), ...stops.map(lengthOf)) || 1;
      fall.build(waterfall);
      rows.clear();
      for (const layer of [...stops].reverse()) rows.set(layer.name, row(layer, scale));
      absorbed.build(conservation);
      list.style.setProperty("--lrp-count", stops.length);
      list.style.setProperty(
        "--lrp-longest",
        `${Math.max(...stops.map(({ name }) => name.length))}ch`,
      );
      list.replaceChildren(...rows.values());
    },
    /** `which`: "layers", "causes", or the entry of the ledger whose layers are listed. */
    see(which) {
      const byLayer = which === "layers";
      views.set(byLayer ? "layers" : "causes");
      heading.textContent = byLayer ? "Relevance by layer, ΣR" : "Where it went, ΣR";
      for (const part of [list, absorbed.node, legend]) part.hidden = !byLayer;
      fall.node.hidden = byLayer;
      fall.show(which);
    },
    mark(layer, takeFocus) {
      current = layer;
      fall.mark(layer.name);
      for (const [name, button] of rows) {
        const on = name === layer.name;
        if (on) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
        button.tabIndex = on ? 0 : -1;
        if (on && takeFocus) button.focus({ preventScroll: true });
      }
      showLegend(layer);
    },
    reveal(name) {
      const button = rows.get(name);
      if (!button || list.scrollHeight <= list.clientHeight) return;
      list.scrollTop = button.offsetTop - (list.clientHeight - button.offsetHeight) / 2;
    },
  };
}

const RANDOM_WORDS =
  "Which name gets which number is chance. Random logits lie far apart, so that the softmax looks certain although nothing was learned.";

/** The top predictions, a thin bar each. */
export function predictionList() {
  const list = element("ol", { class: "lrp-predictions" });
  const reason = element(
    "p",
    { class: "lrp-predictions-reason", title: RANDOM_WORDS, hidden: true },
    "random weights: the names mean nothing",
  );
  const node = element(
    "div",
    { class: "lrp-predictions-part" },
    element("div", { class: "lrp-heading", role: "heading", "aria-level": 3 }, "The network says"),
    list,
    reason,
  );
  return {
    node,
    /** `predictions`: [name, probability], or [name, score] where the network has no softmax;
     *  `random`: whether the network's weights are. */
    build(predictions, random) {
      list.toggleAttribute("data-meaningless", random);
      reason.hidden = !random;
      const scale = Math.max(1, ...predictions.map(([, value]) => Math.abs(value)));
      list.replaceChildren(
        ...predictions.map(([name, value]) => {
          const bar = element("i");
          bar.style.width = width(value / scale);
          return element(
            "li",
            {},
            element("span", { class: "lrp-prediction-name" }, name),
            element("span", { class: "lrp-prediction-track" }, bar),
            element(
              "span",
              { class: "lrp-prediction-number" },
              scale > 1 ? number(value, 3) : probability(value),
            ),
          );
        }),
      );
    },
  };
}
