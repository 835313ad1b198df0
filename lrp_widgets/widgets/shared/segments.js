import { element } from "./dom.js";

/** Buttons of which one is on. `choices`: [value, text, explanation]; `onChoose(value)`. */
export function segments(label, choices, onChoose) {
  const buttons = new Map(
    choices.map(([value, text, title]) => [
      value,
      element("button", { title, "data-value": value, onclick: () => onChoose(value) }, text),
    ]),
  );
  return {
    node: element(
      "div",
      { class: "lrp-segments", role: "group", "aria-label": label },
      ...buttons.values(),
    ),
    set(chosen) {
      for (const [value, button] of buttons)
        button.setAttribute("aria-pressed", String(value === chosen));
    },
    show(value, text, visible) {
      buttons.get(value).hidden = !visible;
      buttons.get(value).textContent = text;
    },
  };
}
