const LINE = 16; // pixels, of the words below the graph
const LETTER = 6; // pixels, on average
const MARGIN = 12;
const LEFT_OUT = ["class", "role", "tabindex", "aria-label", "aria-pressed"];

/** The graph that a part of the page shows, as an SVG file with `lines` of caption under it. */
export function graphFile(node, lines) {
  const shown = node.querySelector(".lrp-graph-picture svg");
  const copy = /** @type {Element} */ (shown.cloneNode(true));
  for (const one of [copy, ...copy.querySelectorAll("*")])
    for (const { name } of [...one.attributes])
      if (LEFT_OUT.includes(name) || name.startsWith("data-")) one.removeAttribute(name);
  const [width, height] = ["width", "height"].map((name) => Number(copy.getAttribute(name)));
  const below = lines
    .flatMap((line) => wrapped(line, width / LETTER))
    .map((line, k) => {
      const text = document.createElementNS(copy.namespaceURI, "text");
      text.setAttribute("y", String(height + LINE * (k + 1)));
      text.append(line);
      return text;
    });
  copy.append(...below);
  const whole = [width + 2 * MARGIN, height + LINE * (below.length + 0.5) + 2 * MARGIN];
  copy.setAttribute("width", String(whole[0]));
  copy.setAttribute("height", String(whole[1]));
  copy.setAttribute("viewBox", [-MARGIN, -MARGIN, ...whole].join(" "));
  return new XMLSerializer().serializeToString(copy);
}

/** Words in lines of so many letters. */
function wrapped(words, most) {
  const lines = [""];
  for (const word of words.split(" ")) {
    const longer = [lines.at(-1), word].filter(Boolean).join(" ");
    if (longer.length > most && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
