// A button that trains a model, how far it is, and the accuracy after each epoch.

import "../../shared/theme.css";
import "./training.css";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { percent } from "../../shared/format.js";

const CURVE_SPACE = "http://www.w3.org/2000/svg";
const CURVE = { width: 420, height: 190, left: 42, right: 12, top: 10, bottom: 26 };

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const button = element("button", {
    type: "button",
    class: "lrp-button",
    onclick: () => model.send({ type: model.get("running") ? "stop" : "start" }),
  });
  const bar = element("progress", { max: 1, "aria-label": "training" });
  const status = element("span", { role: "status" });
  const error = element("p", { class: "lrp-training-error", role: "alert" });
  const curve = drawn("svg", { viewBox: `0 0 ${CURVE.width} ${CURVE.height}`, role: "img" });
  const legend = element("p", { class: "lrp-training-legend" });
  const card = element(
    "section",
    { class: "lrp-card lrp-training", "aria-label": "Training", onfocusin: keepKeys },
    element("div", { class: "lrp-training-line" }, button, bar, status),
    error,
    element("div", { class: "lrp-heading" }, "share of pictures named rightly"),
    curve,
    legend,
  );
  el.append(card);

  // ---- drawing ----
  function draw() {
    const running = model.get("running");
    const history = model.get("history");
    button.textContent = running ? "Stop" : history.length ? "Train anew" : "Train";
    bar.value = running ? model.get("progress") : history.length > 1 ? 1 : 0;
    status.textContent = model.get("status");
    error.textContent = model.get("error");
    drawCurve(history, model.get("epochs"), 1 / model.get("kinds").length);
  }

  function drawCurve(history, epochs, chance) {
    const x = (k) =>
      CURVE.left + ((CURVE.width - CURVE.left - CURVE.right) * k) / Math.max(1, epochs);
    const y = (share) => CURVE.top + (CURVE.height - CURVE.top - CURVE.bottom) * (1 - share);
    const across = (share, name) =>
      drawn("line", {
        x1: CURVE.left,
        x2: CURVE.width - CURVE.right,
        y1: y(share),
        y2: y(share),
        class: name,
      });
    const word = (text, at, height, anchor = "middle") =>
      drawn("text", { x: at, y: height, "text-anchor": anchor }, text);
    const parts = [
      across(0, "lrp-training-grid"),
      across(1, "lrp-training-grid"),
      across(chance, "lrp-training-chance"),
    ];
    parts.push(
      word("100 %", CURVE.left - 5, y(1) + 4, "end"),
      word("0 %", CURVE.left - 5, y(0) + 4, "end"),
      word("guessing", CURVE.width - CURVE.right, y(chance) - 4, "end"),
    );
    for (let k = 0; k <= epochs; k += 1)
      parts.push(word(k ? String(k) : "before", x(k), CURVE.height - 8));
    for (const [key, name] of [
      ["learned", "lrp-training-thin"],
      ["fresh", "lrp-training-thick"],
    ]) {
      parts.push(
        drawn("polyline", {
          points: history.map((epoch, k) => `${x(k)},${y(epoch[key])}`).join(" "),
          class: name,
        }),
      );
      if (key === "fresh")
        parts.push(
          ...history.map((epoch, k) => drawn("circle", { cx: x(k), cy: y(epoch[key]), r: 3 })),
        );
    }
    curve.replaceChildren(...parts);
    const last = history.at(-1);
    legend.textContent = last
      ? `after ${history.length - 1} epochs: fresh pictures (thick) ${percent(last.fresh)}, pictures learned from (thin) ${percent(last.learned)}`
      : "No epoch yet.";
    curve.setAttribute(
      "aria-label",
      `Accuracy on fresh pictures: ${history.map((epoch) => percent(epoch.fresh)).join(", ") || "not measured yet"}`,
    );
  }

  // ---- wiring ----
  const unfollow = follow(model, [[["history", "running", "progress", "status", "error"], draw]]);
  draw();
  return () => {
    unfollow();
    card.remove();
  };
}

function drawn(tag, attributes, ...children) {
  const node = document.createElementNS(CURVE_SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export default { render };
