import { element } from "../shared/dom.js";
import { placeText, termKey } from "./unit_words.js";

const AXES = { 1: ["unit"], 2: ["row", "column"], 3: ["row", "column", "channel"] };

/** "Go to layer [fc1] unit [12]": any unit by its numbers, without hunting for it on a map. */
export function gotoForm(go) {
  const choice = element("select", {
    class: "lrp-goto-layer",
    "aria-label": "Layer",
    onchange: () => build(),
  });
  const fields = element("span", { class: "lrp-goto-fields" });
  // JupyterLab's pages submit no forms, neither by Enter nor by a button.
  const node = element(
    "form",
    {
      class: "lrp-goto",
      "aria-label": "Go to a unit",
      onsubmit: submit,
      onkeydown: (event) =>
        event.key === "Enter" && event.target.tagName === "INPUT" && submit(event),
    },
    choice,
    fields,
    element("button", { class: "lrp-button", type: "button", onclick: submit }, "go"),
  );
  let layers = [];

  const chosen = () => layers.find(({ name }) => name === choice.value);

  function build(index = []) {
    const { shape, channel_names: names } = chosen();
    const boxes = shape.map((size, axis) => {
      const what = AXES[shape.length]?.[axis] ?? `axis ${axis}`;
      const value = index[axis] ?? (index.length ? "" : 0);
      // A pixel needs no channel: without one it is all of its colours.
      const needed = !(names.length && axis === shape.length - 1);
      const box = element("input", {
        class: "lrp-number",
        type: "number",
        min: 0,
        max: size - 1,
        step: 1,
        required: needed,
        "aria-label": what,
        title: `${what}, 0 to ${size - 1}`,
        onclick: () => box.select(),
      });
      box.value = needed ? value : (index[axis] ?? "");
      return element(
        "label",
        {},
        what === "channel" ? "ch " : what === "column" ? "col " : `${what} `,
        box,
      );
    });
    fields.replaceChildren(...boxes);
  }

  function submit(event) {
    event.preventDefault();
    if (!node.reportValidity()) return;
    const numbers = [...fields.querySelectorAll("input")]
      .map(({ value }) => value)
      .filter((value) => value !== "")
      .map(Number);
    go(choice.value, numbers);
  }

  return {
    node,
    /** The layers that there are: [{name, shape, channel_names}]. */
    build(all) {
      layers = all;
      choice.replaceChildren(
        ...[...all].reverse().map(({ name }) => element("option", { value: name }, name)),
      );
    },
    /** Stand at a unit. */
    update({ layer, index }) {
      choice.value = layer;
      build(index);
    },
  };
}

/** "Go to [fc1, unit 12]": one of a few units, [{layer, index}]. */
export function gotoList(go, units) {
  const choice = element("select", {
    class: "lrp-goto-layer",
    "aria-label": "Go to a unit of this page",
    onchange: () => {
      const { layer, index } = units.find((unit) => keyOf(unit) === choice.value);
      go(layer, index);
    },
  });
  const keyOf = ({ layer, index }) => termKey(layer, index);
  return {
    node: element("div", { class: "lrp-goto" }, choice),
    build(all) {
      const groups = [...all].reverse().map(({ name, channel_names: names }) => {
        const here = units.filter(({ layer }) => layer === name);
        const options = here.map((unit) =>
          element("option", { value: keyOf(unit) }, `${name}, ${placeText(unit.index, names)}`),
        );
        return here.length ? [element("optgroup", { label: name }, ...options)] : [];
      });
      choice.replaceChildren(...groups.flat());
    },
    update(unit) {
      choice.value = keyOf(unit);
    },
  };
}
