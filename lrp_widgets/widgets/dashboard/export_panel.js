// The "Download" menu. Python makes a file when it is asked for; it comes in pieces.

import "../shared/theme.css";
import "./export_panel.css";
import { copyText } from "../shared/clipboard.js";
import { element, icon } from "../shared/dom.js";
import { saveFile } from "../shared/save_file.js";
import { graphFile } from "./graph_file.js";
import { pictureOf, viewShown } from "./view_picture.js";

const PATIENCE = 300; // ms; what takes longer shows a sign

const FILES = [
  ["png", "This view", "Beside the picture, every setting named"],
  ["svg", "The graph", "As lines and words, to print or to change"],
  ["waterfall", "Waterfall", "What each cause took, from start to pixels"],
  ["curves", "Curves", "One line a point, for a spreadsheet"],
  ["csv", "Totals and ledger", "One line a layer, for a spreadsheet"],
  ["npz", "All numbers", "Relevance of every unit, for NumPy"],
  ["gif", "Backward pass", "Animated, from the output to the picture"],
  ["html", "A page", "Steps through the layers in any browser, offline"],
];

const KINDS = { waterfall: "PNG", curves: "CSV" };

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const said = element("span", { role: "status" });
  const turning = element("span", { class: "lrp-turning", "aria-hidden": "true", hidden: true });
  const button = element(
    "button",
    {
      type: "button",
      class: "lrp-button",
      title: "Save this: picture, numbers, animation, or code",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      onclick: () => (menu.hidden ? open() : close(true)),
    },
    "Download",
    icon("M2 5l6 6 6-6"),
  );
  const files = FILES.map(([kind, title, what]) =>
    item(title, KINDS[kind] ?? kind.toUpperCase(), what, {
      "data-kind": kind,
      onclick: () => ask(kind, title),
    }),
  );
  const python = item("Copy as Python", "", "The lines that reproduce this in a notebook", {
    class: "lrp-apart",
    onclick: copy,
  });
  const field = element("textarea", {
    readonly: true,
    hidden: true,
    spellcheck: "false",
    "aria-label": "This state as Python",
  });
  const menu = element(
    "div",
    { class: "lrp-take-menu", role: "menu", "aria-label": "Download", hidden: true },
    ...files,
    python,
    field,
  );
  el.classList.add("lrp-take-home");
  const making = element("div", { class: "lrp-making" }, turning, said);
  el.append(element("div", { class: "lrp-take-row" }, making, button), menu);

  function item(title, kind, what, attributes) {
    return element(
      "button",
      { type: "button", role: "menuitem", tabindex: -1, ...attributes },
      element("span", {}, title),
      element("i", {}, kind),
      element("small", {}, what),
    );
  }

  // ---- the menu ----
  const items = () => [...files, python].filter((one) => !one.hidden);

  function open() {
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    items()[0].focus();
  }

  function close(back) {
    if (!field.hidden) say("");
    menu.hidden = field.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (back) button.focus();
  }

  menu.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(/** @type {any} */ (document.activeElement));
    const places = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    if (event.key === "Escape") close(true);
    else if (at >= 0 && event.key in places) all[places[event.key]].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  el.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !el.contains(relatedTarget)) close(false);
  });
  const outside = ({ target }) => el.contains(target) || close(false);
  document.addEventListener("pointerdown", outside);

  // ---- what is said beside the button ----
  let saying = 0;
  function say(text, seconds, busy = false) {
    clearTimeout(saying);
    said.textContent = text;
    turning.hidden = !busy;
    if (seconds) saying = setTimeout(() => say(""), 1000 * seconds);
  }

  // ---- files ----
  let wanted = null; // {number, name, size, pieces, got} of the newest request

  function ask(kind, title) {
    close(true);
    const view = (kind === "png" || kind === "svg") && viewShown(el);
    wanted = { number: crypto.getRandomValues(new Uint32Array(1))[0], pieces: [], got: 0, view };
    clearTimeout(saying);
    saying = setTimeout(() => say(`Making “${title}”`, 0, true), PATIENCE);
    model.send(
      view
        ? { type: "caption", part: view.part, kind, number: wanted.number }
        : { type: "make", kind, number: wanted.number },
    );
  }

  /** Keep a view that only the page can draw, with its settings, as Python words them. */
  async function keep({ node }, { kind, name, lines }) {
    try {
      if (kind === "svg") saveFile(name, [graphFile(node, lines)], "image/svg+xml");
      else saveFile(name, [await pictureOf(node, lines)], "image/png");
      say("Saved.", 3);
    } catch {
      say("This browser cannot draw this view as a picture.", 8);
    }
  }

  function fetchMore() {
    model.send({ type: "piece", number: wanted.number, start: wanted.got });
  }

  function receive(message, buffers) {
    if (message.number !== wanted?.number) return;
    if (message.type === "failed") {
      say("");
    } else if (message.type === "caption") {
      keep(wanted.view, message);
    } else if (message.type === "made") {
      Object.assign(wanted, { name: message.name, size: message.size });
      return fetchMore();
    } else {
      wanted.pieces.push(buffers[0]);
      wanted.got += buffers[0].byteLength;
      if (wanted.got < wanted.size) return fetchMore();
      saveFile(wanted.name, wanted.pieces);
      say("Saved.", 3);
    }
    wanted = null;
  }
  model.on("msg:custom", receive);

  // ---- code ----
  async function copy() {
    if (await copyText(model.get("code"))) {
      close(true);
      say("Python copied.", 3);
      return;
    }
    field.value = model.get("code");
    field.hidden = false;
    field.focus();
    field.select();
    field.scrollTop = 0;
    say("Press Ctrl+C (⌘C) to copy:", 60);
  }

  function update() {
    button.disabled = !model.get("ready");
    python.hidden = !model.get("code");
    for (const one of files) {
      if (one.dataset.kind === "curves") one.hidden = model.get("showing") !== "judge";
      if (one.dataset.kind === "svg") one.hidden = model.get("showing") !== "graph";
    }
  }
  const told = "change:ready change:code change:showing";
  model.on(told, update);
  update();

  return () => {
    clearTimeout(saying);
    document.removeEventListener("pointerdown", outside);
    model.off("msg:custom", receive);
    model.off(told, update);
  };
}

export default { render };
