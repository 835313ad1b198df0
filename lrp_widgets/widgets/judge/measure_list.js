import { element } from "../shared/dom.js";

/** The measures in groups: a number, what it is held against, and what it can and cannot tell.
 *
 *  `measure(key)`: somebody asks for one that takes a while. */
export function measureList(measure) {
  const node = element("div", { class: "lrp-judge-measures" });

  function rowOf({ key, label, value, beside, help, waits }, busy) {
    const ask = () =>
      element(
        "button",
        {
          type: "button",
          class: "lrp-button lrp-judge-ask",
          "aria-label": `Measure ${label}`,
          disabled: busy,
          onclick: () => measure(key),
        },
        "measure",
      );
    return element(
      "tr",
      { "data-measure": key },
      element("th", { scope: "row" }, label),
      element("td", { class: "lrp-judge-value" }, waits ? ask() : value),
      element("td", { class: "lrp-judge-beside" }, beside),
      element("td", { class: "lrp-judge-help" }, help),
    );
  }

  return {
    node,
    /** `rows` as the kernel packs them; `busy`: whether something is computed. */
    update(rows, busy) {
      const focused = document.activeElement
        ?.closest("[data-measure]")
        ?.getAttribute("data-measure");
      const groups = [...new Set(rows.map(({ group }) => group))];
      const bodies = groups.map((group) =>
        element(
          "tbody",
          {},
          element(
            "tr",
            { class: "lrp-judge-group" },
            element("th", { colspan: 4, scope: "rowgroup" }, group),
          ),
          ...rows.filter((row) => row.group === group).map((row) => rowOf(row, busy)),
        ),
      );
      const head = ["measure", "this map", "held against", "what it can and cannot tell"].map(
        (text) => element("th", { scope: "col" }, text),
      );
      node.replaceChildren(
        element(
          "table",
          {},
          element("caption", { class: "lrp-unseen" }, "Measures of the map on the screen"),
          element("thead", {}, element("tr", {}, ...head)),
          ...bodies,
        ),
      );
      /** @type {HTMLElement} */ (
        focused && node.querySelector(`[data-measure="${focused}"] button`)
      )?.focus();
    },
  };
}
