import { element } from "../shared/dom.js";

const OWN = "B has settings of its own; those of A are on the left.";

/** A button for each experiment, and under them what is to be seen in the one that is on. */
export function presetRow(choose) {
  const row = element("div", {
    class: "lrp-presets-row",
    role: "group",
    "aria-label": "Experiments",
  });
  const words = element("p", { class: "lrp-presets-words", "aria-live": "polite" });
  const button = ({ name, label, words: title }) =>
    element(
      "button",
      { class: "lrp-button lrp-preset", "data-preset": name, title, onclick: () => choose(name) },
      label,
    );
  return {
    node: element(
      "section",
      { class: "lrp-card lrp-presets", "aria-label": "Experiments" },
      row,
      words,
    ),
    update(presets, chosen, locked, notes) {
      if (row.children.length !== presets.length) row.replaceChildren(...presets.map(button));
      for (const each of row.querySelectorAll("button")) {
        each.disabled = locked;
        each.setAttribute("aria-pressed", String(each.dataset.preset === chosen));
      }
      const on = presets.find(({ name }) => name === chosen);
      words.replaceChildren(
        ...notes.map((note) => element("b", {}, `${note} `)),
        on ? on.words : OWN,
      );
    },
  };
}

/** Pane B's own settings, behind a button: each is A's until another value is chosen. */
export function ownSettings(choose) {
  const panel = element("div", {
    class: "lrp-own",
    hidden: true,
    role: "group",
    "aria-label": "Settings of B",
  });
  const button = element(
    "button",
    { class: "lrp-button lrp-small", "aria-expanded": "false", onclick: () => open(panel.hidden) },
    "settings",
  );
  const fields = new Map();

  function open(on) {
    panel.hidden = !on;
    button.setAttribute("aria-expanded", String(on));
    if (on) /** @type {HTMLElement} */ (panel.querySelector("select, input"))?.focus();
  }

  function field({ name, label, options }) {
    const input = options
      ? element("select", { onchange: () => choose(name, input.value) })
      : element("input", {
          type: "number",
          min: 0,
          step: 1,
          placeholder: "as A",
          onchange: () => choose(name, input.value),
        });
    input.dataset.setting = name;
    const remark = element("small", { hidden: true });
    const row = element(
      "label",
      { class: "lrp-own-row" },
      element("span", {}, label),
      input,
      remark,
    );
    return { row, input, remark };
  }

  const onKey = (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    open(false);
    button.focus();
    event.stopPropagation();
  };
  for (const part of [panel, button]) part.addEventListener("keydown", onKey);
  const outside = (event) => {
    if (!panel.contains(event.target) && !button.contains(event.target)) open(false);
  };
  document.addEventListener("pointerdown", outside);

  return {
    button,
    panel,
    update(choices, chosen, locked) {
      button.hidden = !choices.length;
      button.disabled = locked;
      if (!choices.length) return;
      for (const choice of choices) {
        if (!fields.has(choice.name)) {
          fields.set(choice.name, field(choice));
          panel.append(fields.get(choice.name).row);
        }
        const { input, row, remark } = fields.get(choice.name);
        row.hidden = Boolean(choice.unneeded);
        const text = JSON.stringify(choice.options);
        if (choice.options && input.dataset.options !== text) {
          input.dataset.options = text;
          input.replaceChildren(
            ...[["", "as A"], ...choice.options].map(([value, words]) =>
              element("option", { value }, words),
            ),
          );
        }
        remark.textContent = choice.remark ?? "";
        remark.hidden = !choice.remark;
        input.value = chosen[choice.name] ?? "";
        row.classList.toggle("lrp-differs", choice.name in chosen);
      }
    },
    close() {
      document.removeEventListener("pointerdown", outside);
    },
  };
}
