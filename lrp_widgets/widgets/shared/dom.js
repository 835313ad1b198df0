/** Build an element: element("button", {class: "lrp-button", onclick: f}, "text", child, …).
 *  Attributes that are undefined or false are left out; "onclick" and the like add listeners.
 *
 *  @template {keyof HTMLElementTagNameMap} Tag
 *  @param {Tag} tag
 *  @param {Record<string, any>} [attributes]
 *  @param {...(Node | string)} children
 *  @returns {HTMLElementTagNameMap[Tag]} */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** A layer's name in at most three lines: block3_conv2 becomes "block3" above "conv2". */
export function nameInLines(name) {
  const [first, second, ...rest] = name.split("_");
  return [first, second, rest.join(" ")].filter(Boolean).map((piece) => element("span", {}, piece));
}

/** An icon of one path in a 16×16 box, in the colour of the text around it. */
export function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "lrp-icon");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(space, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** Call `draw` once in the next frame, however often it is asked for before. */
export function oncePerFrame(draw) {
  let asked = 0;
  const ask = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      draw();
    });
  };
  ask.cancel = () => cancelAnimationFrame(asked);
  return ask;
}

/** A function that marks a node as old, and as faded unless the answer comes at once: under a
 *  moving slider it would flicker, and drawing that takes longer than many an answer. */
export function fadesSlowly(node) {
  let waiting = 0;
  return (stale) => {
    if (stale === node.hasAttribute("data-stale")) return;
    clearTimeout(waiting);
    node.toggleAttribute("data-stale", stale);
    if (!stale) node.removeAttribute("data-faded");
    else waiting = setTimeout(() => node.setAttribute("data-faded", ""), 250);
  };
}

/** Listener for "focusin": keys pressed in this widget are not JupyterLab's shortcuts.
 *  Lab asks the focused element itself before those around it, so each one says so. */
export function keepKeys({ currentTarget, target }) {
  for (const node of [currentTarget, target])
    node.setAttribute("data-lm-suppress-shortcuts", "true");
}
