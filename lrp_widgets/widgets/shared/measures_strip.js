import { element } from "./dom.js";

const MEASURES = ["half", "object", "brightness", "compared"];
const ELSEWHERE = "Object, brightness and classes are measured at the pixels.";
const OF_SUMS = "Measured of relevance, summed over channels.";

/** The measures of a map in a row: a button each, which says what its number can and cannot tell.
 *
 *  A cell is {key, label, short, value, detail, beside, help}: its label and detail where there is
 *  room, else the short label alone. What is out of date stays, faded. */
export function measuresStrip() {
  const cells = new Map(MEASURES.map((key) => [key, measureCell(() => toggle(key))]));
  const words = element("span", { class: "lrp-measures-words" });
  const help = element("p", { class: "lrp-measures-help", role: "status", hidden: true });
  const node = element(
    "div",
    {
      class: "lrp-measures",
      role: "group",
      "aria-label": "Measures of this map",
      onkeydown: onKey,
    },
    ...[...cells.values()].map((cell) => cell.node),
    words,
    help,
  );
  let open = "";

  function onKey(event) {
    if (event.key !== "Escape" || !open) return;
    toggle("");
    event.preventDefault();
    event.stopPropagation();
  }

  function toggle(key) {
    open = open === key ? "" : key;
    for (const [each, cell] of cells) cell.expand(each === open);
    help.hidden = !open;
    help.textContent = open ? cells.get(open).help : "";
  }

  function show(shown, sentence) {
    words.textContent = sentence;
    words.hidden = !sentence;
    for (const [key, cell] of cells) cell.show(shown.find((each) => each.key === key));
    if (open && cells.get(open).node.hidden) toggle("");
    else if (open) help.textContent = cells.get(open).help;
  }

  return {
    node,
    /** `measures` as the kernel packs them, {} while there are none; `layer` looked at, and whether
     *  the map shows its relevance summed over channels, or the pixels' in colours. */
    update(measures, layer, ofSums) {
      const { layers, pixels, pending } = measures;
      node.toggleAttribute("data-old", !layers);
      if (!layers) return;
      const compared = cells.get("compared");
      compared.fade(Boolean(pending));
      if (!ofSums) show([], OF_SUMS);
      else if (layer.kind === "input")
        show(
          pending
            ? [...pixels, compared.last.label === pending.label ? compared.last : pending]
            : pixels,
          "",
        );
      else {
        const [value, detail] = layers[layer.name];
        show([{ ...pixels[0], value, detail }], ELSEWHERE);
      }
    },
  };
}

function measureCell(press) {
  const label = element("span", { class: "lrp-measure-label" });
  const short = element("span", { class: "lrp-measure-short" });
  const value = element("b");
  const detail = element("span", { class: "lrp-measure-detail" });
  const beside = element("span", { class: "lrp-measure-beside" });
  const node = element(
    "button",
    {
      type: "button",
      class: "lrp-measure",
      "aria-expanded": "false",
      hidden: true,
      onclick: press,
    },
    label,
    short,
    " ",
    value,
    " ",
    detail,
    " ",
    beside,
  );
  let last = { help: "" };
  return {
    node,
    get help() {
      return last.help;
    },
    /** What it showed last. */
    get last() {
      return last;
    },
    show(cell) {
      node.hidden = !cell;
      if (!cell) return;
      node.dataset.measure = cell.key;
      last = cell;
      label.textContent = cell.label;
      value.textContent = cell.value;
      short.textContent = cell.short;
      detail.textContent = cell.detail && `${cell.detail};`;
      beside.textContent = cell.beside;
      node.title = cell.help;
      node.setAttribute("aria-description", cell.help);
    },
    fade(on) {
      node.toggleAttribute("data-old", on);
    },
    expand(on) {
      node.setAttribute("aria-expanded", String(on));
    },
  };
}
