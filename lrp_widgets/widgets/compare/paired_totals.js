import { element, nameInLines } from "../shared/dom.js";
import { formatTotal } from "../shared/format.js";

/** ΣR of both explanations: two bars a layer, input on the left, output on the right. */
export function pairedTotals(goTo) {
  const columns = new Map();
  const list = element("div", {
    class: "lrp-pairs",
    role: "group",
    "aria-label": "Relevance by layer in A and B, input to output",
  });
  const key = (letter) =>
    element(
      "span",
      { class: "lrp-pair-key" },
      element("i", { class: `lrp-swatch lrp-pair-${letter}` }),
      letter.toUpperCase(),
    );
  const keyOfB = key("b");
  const words = element("span", { class: "lrp-pairs-words", role: "status" });
  const node = element(
    "section",
    { class: "lrp-card lrp-pairs-card", "aria-label": "Totals" },
    element(
      "div",
      { class: "lrp-pairs-title" },
      element(
        "span",
        { class: "lrp-heading", role: "heading", "aria-level": 2 },
        "Relevance by layer, ΣR",
      ),
      key("a"),
      keyOfB,
      words,
    ),
    list,
  );

  function bar(letter, total, lowest, span) {
    const filled = element("i", { class: `lrp-pair-bar lrp-pair-${letter}` });
    filled.style.bottom = `${((Math.min(0, total) - lowest) / span) * 100}%`;
    filled.style.height = `${(Math.abs(total) / span) * 100}%`;
    return filled;
  }

  function column({ layer, partner }, lowest, span) {
    const totals = [["a", layer.total], ...(partner ? [["b", partner.total]] : [])];
    const other = partner && partner.name !== layer.name ? ` (${partner.name})` : "";
    const text = `${layer.name}: ${totals
      .map(
        ([letter, total]) =>
          `${letter.toUpperCase()} ${formatTotal(total)}${letter === "b" ? other : ""}`,
      )
      .join(", ")}`;
    const zero = element("i", { class: "lrp-pair-zero" });
    zero.style.bottom = `${(-lowest / span) * 100}%`;
    return element(
      "button",
      {
        class: "lrp-pair",
        title: text,
        "aria-label": text,
        "data-layer": layer.name,
        onclick: () => goTo(layer.name),
      },
      element(
        "span",
        { class: "lrp-pair-bars" },
        zero,
        ...totals.map(([letter, total]) => bar(letter, total, lowest, span)),
      ),
      ...totals.map(([letter, total]) =>
        element("span", { class: "lrp-pair-number", "data-side": letter }, formatTotal(total)),
      ),
      element("span", { class: "lrp-frame-name" }, ...nameInLines(layer.name)),
    );
  }

  return {
    node,
    /** `rows`: {layer, partner or undefined}, from the input to the output; `sentence`: why there is
     *  nothing of B, where that is to be said. */
    build(rows, sentence) {
      words.textContent = sentence;
      keyOfB.hidden = Boolean(sentence);
      const totals = rows.flatMap(({ layer, partner }) => [
        layer.total,
        ...(partner ? [partner.total] : []),
      ]);
      const lowest = Math.min(0, ...totals);
      const span = Math.max(0, ...totals) - lowest || 1;
      columns.clear();
      for (const row of rows) columns.set(row.layer.name, column(row, lowest, span));
      const several = rows.some(({ partner }) => partner);
      const letters = element(
        "div",
        { class: "lrp-pair-letters", "aria-hidden": "true" },
        element("span", { class: "lrp-pair-bars" }),
        ...(several ? ["A", "B"] : ["A"]).map((letter) =>
          element("span", { class: "lrp-pair-number" }, letter),
        ),
      );
      list.replaceChildren(letters, ...columns.values());
    },
    mark(name, takeFocus) {
      for (const [layer, button] of columns) {
        const on = layer === name;
        if (on) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
        button.tabIndex = on ? 0 : -1;
        if (on && takeFocus) button.focus({ preventScroll: true });
      }
    },
    reveal(name) {
      const button = columns.get(name);
      if (!button || list.scrollWidth <= list.clientWidth) return;
      list.scrollLeft = button.offsetLeft - (list.clientWidth - button.offsetWidth) / 2;
    },
  };
}
