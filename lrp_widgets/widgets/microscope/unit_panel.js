import { element, keepKeys } from "../shared/dom.js";
import { number, signed } from "../shared/format.js";
import { drawPicture } from "../shared/map_view.js";
import { arithmeticPart } from "./unit_equation.js";
import { gotoForm, gotoList } from "./unit_goto.js";
import { receiversPart } from "./unit_receivers.js";
import { sendersPart } from "./unit_senders.js";
import { placeInShort, placeText, termKey } from "./unit_words.js";

const CRUMBS = 4; // more would not fit in a line: those in between become "…"

/** The microscope: one unit with all its arithmetic.
 *  `actions`: go(layer, index), close() or undefined for one that cannot be closed. `only`: the units
 *  that can be reached, [{layer, index}], where these are not all. */
export function unitPanel(actions, only = null) {
  // ---- parts ----
  const title = element("h2", { class: "lrp-unit-title", tabindex: -1 });
  const close = element(
    "button",
    { class: "lrp-button lrp-unit-close", title: "Back to the map (Esc)", onclick: actions.close },
    "close ",
    element("kbd", {}, "Esc"),
  );
  const value = element("span", { class: "lrp-unit-value" });
  const waiting = element("span", { class: "lrp-unit-waiting", role: "status" });
  const remark = element("p", { class: "lrp-unit-remark" });
  const goto = only ? gotoList(go, only) : gotoForm(go);
  const path = element("nav", { class: "lrp-unit-path", "aria-label": "Path of units" });
  const up = element("section", { class: "lrp-unit-up", "aria-label": "Where it comes from" });
  const picture = fieldView();
  const down = element("section", { class: "lrp-unit-down", "aria-label": "Where it goes" });
  const sums = element("section", {
    class: "lrp-unit-equations",
    "aria-label": "The equation with its numbers",
  });
  const live = element("div", { class: "lrp-unseen", "aria-live": "polite" });
  const node = element(
    "section",
    {
      class: "lrp-card lrp-unit",
      "aria-label": "Microscope",
      onfocusin: keepKeys,
      onkeydown: onKey,
    },
    element(
      "div",
      { class: "lrp-unit-head" },
      title,
      value,
      waiting,
      ...(actions.close ? [close] : []),
    ),
    remark,
    element("div", { class: "lrp-unit-bar" }, path, goto.node),
    element(
      "div",
      { class: "lrp-unit-body" },
      // Where few of its numbers are buttons, the keyboard still gets there to scroll.
      element("div", { class: "lrp-unit-left", tabindex: only ? 0 : undefined }, up, picture.node),
      element("div", { class: "lrp-unit-right", tabindex: only ? 0 : undefined }, down, sums),
    ),
    live,
  );
  const wish = { by: "unit" }; // how the senders are listed
  let arithmetic = null;
  const reachable = only && new Set(only.map(({ layer, index }) => termKey(layer, index)));
  const travel = {
    go,
    reaches: (layer, index) => !reachable || reachable.has(termKey(layer, index)),
  };
  let layers = [];
  let timer = 0;

  function onKey(event) {
    if (event.key !== "Escape" || !actions.close) return;
    actions.close();
    event.preventDefault();
    event.stopPropagation();
  }

  const namesOf = (layer) => layers.find(({ name }) => name === layer)?.channel_names ?? [];

  function go(layer, index) {
    wait();
    actions.go(layer, index);
  }

  /** Say that something is on its way, once it has taken long enough to be noticed. */
  function wait() {
    clearTimeout(timer);
    timer = setTimeout(() => (waiting.textContent = "looking at the unit…"), 300);
  }

  function rest() {
    clearTimeout(timer);
    waiting.textContent = "";
  }

  // ---- a term is marked wherever it stands ----
  function mark(event) {
    const terms =
      event.target.closest?.("[data-term]")?.dataset.term.split(" ").filter(Boolean) ?? [];
    for (const one of node.querySelectorAll(".lrp-unit-marked"))
      one.classList.remove("lrp-unit-marked");
    for (const term of terms) {
      for (const one of node.querySelectorAll(`[data-term~="${CSS.escape(term)}"]`))
        one.classList.add("lrp-unit-marked");
    }
    if (terms.length && !event.target.closest(".lrp-unit-one")) arithmetic?.point(terms[0]);
  }
  node.addEventListener("pointerover", mark);
  node.addEventListener("focusin", mark);
  node.addEventListener("pointerleave", (event) => mark(event));

  function crumbs(visited) {
    const crumb = ({ layer, index }, last) =>
      element(
        last ? "span" : "button",
        {
          class: "lrp-unit-crumb",
          "aria-current": last && "true",
          onclick: last ? undefined : () => go(layer, index),
          title: `${layer}, ${placeText(index, namesOf(layer))}`,
        },
        element("b", {}, layer),
        ` ${placeInShort(index, namesOf(layer))}`,
      );
    const nodes = visited.map((place, i) => crumb(place, i === visited.length - 1));
    if (nodes.length > CRUMBS)
      nodes.splice(1, nodes.length - CRUMBS, element("span", { class: "lrp-unit-gap" }, "…"));
    path.replaceChildren(...nodes);
  }

  return {
    node,
    wait,
    rest,
    /** The layers that there are: [{name, shape, channel_names}]. */
    showLayers(all) {
      layers = all;
      goto.build(all);
    },
    focus() {
      title.focus({ preventScroll: true });
      title.scrollIntoView({ block: "nearest" }); // where the page scrolls
    },
    showPicture: picture.show,
    /** Show a unit; `table` are the colours of relevance. */
    update(view, visited, table) {
      rest();
      const held = node.contains(document.activeElement);
      const place = placeText(view.index, namesOf(view.layer));
      const below = namesOf(view.down?.source ?? view.layer);
      title.replaceChildren(
        view.layer,
        element("span", {}, place, view.name ? ` · ${view.name}` : ""),
      );
      value.replaceChildren(
        "R ",
        element("b", { "data-value": view.relevance }, signed(view.relevance)),
        element(
          "span",
          { class: "lrp-small-text" },
          ` · activation ${[view.activation]
            .flat()
            .map((one) => number(one))
            .join(", ")}`,
        ),
      );
      remark.textContent = [view.off, view.why].filter(Boolean).join(" ");
      remark.hidden = !remark.textContent;
      crumbs(visited);
      goto.update(view);
      const heading = (text) => element("h3", { class: "lrp-heading" }, text);
      up.replaceChildren(heading("Where it comes from"), ...sendersPart(view, table, travel, wish));
      down.replaceChildren(heading("Where it goes"), ...receiversPart(view, table, travel, below));
      arithmetic = arithmeticPart(view, below);
      sums.replaceChildren(...arithmetic.nodes);
      sums.hidden = !arithmetic.nodes.length;
      arithmetic.point(null);
      picture.mark(view.field);
      if (held) title.focus({ preventScroll: true });
      live.textContent = [
        `${view.layer}, ${place}, relevance ${signed(view.relevance)}`,
        view.off,
        view.why,
      ]
        .filter(Boolean)
        .join(". ");
    },
    close: rest,
  };
}

/** The picture, with the part that the unit sees left clear. */
function fieldView() {
  const canvas = element("canvas", { role: "img" });
  const field = element("div", { class: "lrp-unit-field" });
  const frame = element("div", { class: "lrp-unit-picture" }, canvas, field);
  const words = element("span", { class: "lrp-small-text" });
  const node = element(
    "div",
    { class: "lrp-unit-seen", hidden: true },
    element("div", { class: "lrp-unit-fit" }, frame),
    words,
  );
  let size = null;
  return {
    node,
    show(picture) {
      size = picture;
      node.hidden = !picture;
      if (!picture) return;
      frame.style.setProperty("--lrp-rows", picture.rows);
      frame.style.setProperty("--lrp-columns", picture.columns);
      drawPicture(canvas, picture);
    },
    mark(box) {
      node.hidden = !box || !size;
      if (node.hidden) return;
      const [top, left, bottom, right] = box;
      const part = (value, whole) => `${(100 * value) / whole}%`;
      Object.assign(field.style, {
        top: part(top, size.rows),
        left: part(left, size.columns),
        height: part(bottom - top, size.rows),
        width: part(right - left, size.columns),
      });
      const all = bottom - top === size.rows && right - left === size.columns;
      const what = all ? "the whole picture" : `${bottom - top}×${right - left} pixels`;
      words.textContent = `this unit sees ${what}`;
      canvas.setAttribute(
        "aria-label",
        `The picture; ${words.textContent}${all ? "" : `, rows ${top} to ${bottom - 1}, columns ${left} to ${right - 1}`}`,
      );
    },
  };
}
