// A convolution: picture, kernel, outputs, relevance of the pixels, and the same as a dense matrix.

import "../../shared/theme.css";
import "../../shared/cells.css";
import "./sliding_kernel.css";
import { cellGrid, placeText } from "../../shared/cells.js";
import { relevanceTable } from "../../shared/colormap.js";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { fixed, number, signed } from "../../shared/format.js";
import { shade } from "../../shared/number_grid.js";
import { segments } from "../../shared/segments.js";
import { sum } from "../../shared/sum.js";
import { keepsSettings } from "../kept_settings.js";
import { LETTERS, WEIGHT_COLORS, weightMatrix } from "./weight_matrix.js";

const MOST_TERMS = 9; // a pixel of a 3×3 kernel lies in nine windows at most

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- state ----
  const table = relevanceTable(new Uint8Array(model.get("table").buffer));
  const numbers = () => model.get("numbers");
  const height = model.get("picture").length;
  const width = model.get("picture")[0].length;
  const high = model.get("kernel").length;
  const wide = model.get("kernel")[0].length;

  function put(name, value) {
    model.set(name, value);
    model.save_changes();
  }

  const replaced = (rows, i, columns, value) =>
    rows.map((row, r) => row.map((old, c) => (r * columns + c === i ? value : old)));

  // ---- parts ----
  const slider = element("input", {
    type: "range",
    min: 1,
    step: 1,
    "aria-label": "window",
    oninput: () => put("window", Number(slider.value) - 1),
  });
  const sliderText = element("output", {});
  const strides = segments(
    "Stride",
    [
      [1, "1"],
      [2, "2"],
    ],
    (value) => put("stride", value),
  );
  const paddings = segments(
    "Padding",
    [
      ["valid", "valid"],
      ["same", "same"],
    ],
    (value) => put("padding", value),
  );
  const letters = Array.from({ length: height * width }, () =>
    element("span", { class: "lrp-kernel-letter", "aria-hidden": "true" }),
  );
  const picture = cellGrid({
    label: "Picture; a click draws",
    rows: height,
    columns: width,
    go: (i) =>
      put(
        "picture",
        replaced(model.get("picture"), i, width, model.get("picture").flat()[i] > 0 ? 0 : 1),
      ),
    inside: (i) => letters[i],
  });
  const weights = Array.from({ length: high * wide }, (_, k) =>
    element("input", {
      type: "number",
      step: 0.5,
      min: -9,
      max: 9,
      "aria-label": `weight ${LETTERS[k]}`,
      oninput: (event) =>
        event.target.value !== "" &&
        put("kernel", replaced(model.get("kernel"), k, wide, Number(event.target.value))),
    }),
  );
  const kernel = cellGrid({
    label: "Kernel",
    rows: high,
    columns: wide,
    inside: (k) => weights[k],
  });
  const outputsPlace = element("div", {});
  const received = cellGrid({
    label: "Relevance of the pixels",
    rows: height,
    columns: width,
    go: (i) => put("pixel", i),
  });
  const matrix = weightMatrix((window, pixel) => {
    model.set("window", window);
    put("pixel", pixel);
  });
  const told = ["row", "window", "pixel", "check"].map((name) =>
    element("p", { "data-told": name, role: name === "check" ? undefined : "status" }),
  );
  const presets = (names, choose) =>
    element(
      "div",
      { class: "lrp-kernel-presets" },
      ...names.map((name) =>
        element(
          "button",
          { type: "button", class: "lrp-button", onclick: () => choose(name) },
          name,
        ),
      ),
    );
  const panel = (title, ...children) =>
    element(
      "div",
      { class: "lrp-kernel-panel" },
      element("div", { class: "lrp-heading" }, title),
      ...children,
    );
  const outputsTitle = element("div", { class: "lrp-heading" }, "relevance R of the outputs");
  const receivedSum = element("p", { class: "lrp-kernel-sum" });
  const card = element(
    "section",
    { class: "lrp-card lrp-kernel", "aria-label": "A convolution", onfocusin: keepKeys },
    element(
      "div",
      { class: "lrp-kernel-controls" },
      element(
        "label",
        { class: "lrp-kernel-control" },
        element("span", {}, "window"),
        slider,
        sliderText,
      ),
      element("span", { class: "lrp-kernel-control" }, "stride", strides.node),
      element("span", { class: "lrp-kernel-control" }, "padding", paddings.node),
    ),
    element(
      "div",
      { class: "lrp-kernel-panels" },
      panel(
        "picture x: click to draw",
        picture.node,
        presets(Object.keys(model.get("pictures")), (name) =>
          put("picture", model.get("pictures")[name]),
        ),
      ),
      panel(
        "kernel w",
        kernel.node,
        presets(Object.keys(model.get("kernels")), (name) =>
          put("kernel", model.get("kernels")[name]),
        ),
      ),
      element("div", { class: "lrp-kernel-panel" }, outputsTitle, outputsPlace),
      panel("relevance of the pixels: click to choose", received.node, receivedSum),
    ),
    element(
      "div",
      { class: "lrp-kernel-below" },
      panel("as a dense layer: a row for each window, a column for each pixel", matrix.node),
      element("div", { class: "lrp-kernel-told" }, ...told),
    ),
  );
  el.append(card);
  let outputs, outputsShape;

  // ---- geometry ----
  const windowAt = (j) => {
    const [, across] = numbers().outputs;
    const [row, column] = numbers().first;
    const stride = model.get("stride");
    return {
      row: row + stride * Math.floor(j / across),
      column: column + stride * (j % across),
      height: high,
      width: wide,
    };
  };

  // ---- drawing ----
  function draw() {
    const {
      outputs: shape,
      which,
      z,
      R,
      shared_by: sharedBy,
      edges,
      received: total,
      apart,
    } = numbers();
    const window = Math.min(model.get("window"), R.length - 1);
    const pixel = model.get("pixel");
    const x = model.get("picture").flat();
    const w = model.get("kernel").flat();

    slider.max = R.length;
    if (Number(slider.value) !== window + 1) slider.valueAsNumber = window + 1;
    sliderText.textContent = `${window + 1} of ${R.length}`;
    strides.set(model.get("stride"));
    paddings.set(model.get("padding"));

    const most = Math.max(...x.map(Math.abs), 1);
    picture.update((i) => ({
      text: x[i] ? String(x[i]).replace("-", "−") : "",
      background: shade("x", x[i], most, table),
      label: `x at ${placeText(i, width)}: ${number(x[i])}`,
    }));
    letters.forEach((letter, i) => {
      const k = which[window][i];
      letter.textContent = k ? LETTERS[k - 1] : "";
      letter.style.background = k ? WEIGHT_COLORS[k - 1] : "";
      letter.hidden = !k;
    });
    picture.frame(windowAt(window));

    kernel.update((k) => ({
      text: LETTERS[k],
      background: `color-mix(in srgb, ${WEIGHT_COLORS[k]} 35%, white)`,
    }));
    weights.forEach((input, k) => {
      if (document.activeElement !== input || Number(input.value) !== w[k]) input.value = w[k];
    });

    if (outputsShape !== shape.join()) {
      outputsShape = shape.join();
      outputs = cellGrid({
        label: "Relevance of the outputs; a click chooses the window",
        rows: shape[0],
        columns: shape[1],
        go: (j) => put("window", j),
      });
      outputsPlace.replaceChildren(outputs.node);
    }
    const strongest = Math.max(...R, 1e-30);
    outputs.update((j) => ({
      text: R[j] ? fixed(R[j], 2) : "0",
      background: shade("relevance", R[j], strongest, table),
      label: `window ${j + 1}: ${number(R[j])}`,
      marked: j === window,
    }));
    const largest = Math.max(...total.map(Math.abs), 1e-30);
    received.update((i) => ({
      text: total[i] ? fixed(total[i], 2) : "0",
      background: shade("relevance", total[i], largest, table),
      label: `${placeText(i, width)}: ${number(total[i])}`,
      marked: i === pixel,
    }));
    received.frame(windowAt(window));
    receivedSum.textContent = `ΣR = ${number(sum(total))}`;
    matrix.draw(which, window, pixel);

    const [row, arithmetic, adding, check] = told;
    const weighted = which[window].filter((k) => k).length;
    row.textContent = `Row ${window + 1} holds ${weighted} weights of the kernel, and ${x.length - weighted} zeros. The whole matrix has ${x.length * R.length} entries, made of only ${w.length} weights.`;
    arithmetic.textContent = `Window ${window + 1}: Σ x w = ${number(z[window])}. ${R[window] ? `Its contributions above 0 add up to ${number(sharedBy[window])}; in proportion to them it shares R = ${number(R[window])}.` : "It is not above 0, so it holds no relevance."}`;
    const inside = which.filter((line) => line[pixel]).length;
    const from = edges.map((line, j) => [j, line[pixel]]).filter(([, value]) => value);
    const terms = from
      .slice(0, MOST_TERMS)
      .map(([j, value]) => `${signed(value)} from window ${j + 1}`);
    const place = `The pixel at ${placeText(pixel, width)} lies in ${inside} window${inside === 1 ? "" : "s"}`;
    adding.textContent = from.length
      ? `${place}; it gets ${terms.join(", ")}${from.length > 1 ? `: together ${number(total[pixel])}` : ""}.`
      : `${place}, and gets nothing.`;
    check.textContent = `The relevance of the pixels, once through this matrix as a dense layer and once through the convolution: the largest difference is ${number(apart, 2)}.`;
  }

  // ---- wiring ----
  const unfollow = follow(model, [[["numbers", "window", "pixel"], draw]]);
  draw();
  return () => {
    unfollow();
    card.remove();
  };
}

const initialize = keepsSettings("sliding-kernel", [
  "picture",
  "kernel",
  "stride",
  "padding",
  "window",
  "pixel",
]);

export default { initialize, render };
