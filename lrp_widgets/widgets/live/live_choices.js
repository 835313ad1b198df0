import { element } from "../shared/dom.js";

/** The widget's own settings, a list each. `choices`: {name, label, options: [[value, text], …]};
 *  `onChoose(name, value)`. */
export function liveChoices(choices, onChoose) {
  const lists = new Map(
    choices.map(({ name, label, options }) => [
      name,
      element(
        "select",
        {
          class: "lrp-live-list",
          "data-name": name,
          "aria-label": label,
          onchange: () => onChoose(name, lists.get(name).value),
        },
        ...options.map(([value, text]) => element("option", { value }, text)),
      ),
    ]),
  );
  const rows = choices.map(({ name, label }) =>
    element("label", { class: "lrp-live-row" }, label, lists.get(name)),
  );
  return {
    node: element("div", { class: "lrp-live-choices" }, ...rows),
    set(name, value) {
      if (lists.has(name)) lists.get(name).value = value;
    },
  };
}
