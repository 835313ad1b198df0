import { placeInShort, placeText } from "../microscope/unit_words.js";
import { element } from "../shared/dom.js";
import { number, percent, signed } from "../shared/format.js";
import { drawPicture, frameOn } from "../shared/map_view.js";

const SOURCES = {
  pointer: "Under the pointer",
  window: "Under the window",
  pinned: "Pinned place",
  strongest: "Strongest place",
};
const UNIT_SOURCES = { ...SOURCES, pinned: "Pinned unit", strongest: "Strongest unit" };
const COLORS = ["red", "green", "blue"];

/** The rule by which the layer's relevance goes down, as an equation; `goTo(name)` a layer. */
export function equationPart(goTo) {
  const heading = element("div", { class: "lrp-heading", role: "heading", "aria-level": 3 });
  const equation = element("div", {
    class: "lrp-equation",
    role: "group",
    "aria-label": "Equation",
    tabindex: 0,
  }); // may scroll
  const words = element("div", { class: "lrp-small-text" });
  const branches = element("ul", {
    class: "lrp-branches",
    "aria-label": "What each of its inputs receives",
  });
  const written = new Map();

  function branch(name, value, handed) {
    const button = element(
      "button",
      { class: "lrp-branch", title: `Go to ${name}`, onclick: () => goTo(name) },
      name,
    );
    const share = handed ? ` (${percent(value / handed)})` : "";
    return element(
      "li",
      {},
      "to ",
      button,
      " ",
      element("b", { "data-branch": value }, signed(value)),
      share,
    );
  }

  return {
    node: element("div", { class: "lrp-equation-part" }, heading, equation, words, branches),
    /** Write each of the explanation's equations once: laying one out anew would slow every step. */
    build(layers) {
      const texts = new Set(layers.map((layer) => layer.equation).filter(Boolean));
      if (texts.size === written.size && [...texts].every((text) => written.has(text))) return;
      written.clear();
      for (const text of texts) {
        const node = element("div");
        node.innerHTML = text; // MathML that Python made from the rule's own LaTeX
        written.set(text, node);
      }
      equation.replaceChildren(...written.values());
    },
    update(layer) {
      const input = layer.kind === "input";
      heading.textContent = input
        ? "The picture itself"
        : "How this layer's relevance is shared out to the layer below";
      for (const [text, node] of written)
        node.classList.toggle("lrp-current", text === layer.equation);
      words.replaceChildren(
        ...(input
          ? [
              "Here the relevance ends: what remains is each pixel's share in what the network said.",
            ]
          : [
              element("b", {}, layer.rule),
              layer.note && ` ${layer.note}`,
              " · i: layer below, j: this layer",
            ]),
      );
      const handed = layer.branches.reduce((sum, [, value]) => sum + value, 0);
      branches.hidden = !layer.branches.length;
      branches.replaceChildren(
        ...layer.branches.map(([name, value]) => branch(name, value, handed)),
      );
    },
  };
}

/** Row, column and value of the place looked at. */
export function readout() {
  const heading = element("div", { class: "lrp-heading" });
  const place = element("div", { class: "lrp-readout-place" });
  const value = element("div", { class: "lrp-readout-value" });
  const more = element("div", { class: "lrp-small-text" });
  const hint = element(
    "div",
    { class: "lrp-small-text lrp-readout-hint" },
    "click for its arithmetic",
  );
  const bold = (text) => element("b", {}, String(text));

  return {
    node: element("div", { class: "lrp-readout" }, heading, place, value, more, hint),
    update({ source, place: where, unit, name, values, quantity, detail, opens }) {
      hint.hidden = !opens;
      heading.textContent = (unit === undefined ? SOURCES : UNIT_SOURCES)[source];
      const write = quantity === "relevance" || quantity === "R" ? signed : number;
      if (unit === undefined)
        place.replaceChildren(
          ...where.flatMap(([word, number], k) => [`${k ? ", " : ""}${word} `, bold(number)]),
        );
      else place.replaceChildren("unit ", bold(unit), ...(name ? [" · ", bold(name)] : []));
      const numbers = values.map((v, i) => {
        const shown = element("b", { "data-value": v }, write(v));
        return values.length > 1 ? element("span", {}, `${COLORS[i]} `, shown) : shown;
      });
      value.replaceChildren(element("div", {}, quantity), ...numbers);
      more.textContent = detail;
    },
    clear() {
      heading.textContent = SOURCES.pointer;
      place.textContent = "–";
      value.textContent = "";
      more.textContent = "";
    },
  };
}

/** The picture, with the place looked at marked in proportion. */
export function pictureView() {
  const canvas = element("canvas", { role: "img", "aria-label": "The picture that is explained" });
  const mark = element("div", { class: "lrp-cell", hidden: true });
  const frame = element("div", { class: "lrp-picture" }, canvas, mark);
  const node = element("div", { class: "lrp-picture-box" }, frame);
  return {
    node,
    show(picture) {
      node.hidden = !picture;
      if (!picture) return;
      frame.style.setProperty("--lrp-rows", picture.rows);
      frame.style.setProperty("--lrp-columns", picture.columns);
      drawPicture(canvas, picture);
    },
    mark(cell, grid) {
      mark.hidden = !cell;
      if (cell) frameOn(mark, cell, grid);
    },
  };
}

/** Units of the layer that an exported page can open, as buttons. `go(layer, index)`. */
export function unitChips(go) {
  const node = element("div", { class: "lrp-unit-chips", hidden: true });
  return {
    node,
    update(units) {
      node.hidden = !units.length;
      const chips = units.map(({ layer, index }) =>
        element(
          "button",
          {
            class: "lrp-chip",
            title: `The arithmetic of ${placeText(index)}`,
            onclick: () => go(layer, index),
          },
          placeInShort(index),
        ),
      );
      node.replaceChildren("microscope ", ...chips);
    },
  };
}
