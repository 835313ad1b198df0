/** What a person could not read, reach or hit on a page: one sentence each; none where all is well.
 *
 *  Looked for: text that is cut or that lies where nobody can scroll to, text over text, controls
 *  over controls, controls that something else covers, a page that scrolls sideways and, with
 *  `touch`, targets smaller than 24 pixels without that much room around them (WCAG 2.2, 2.5.8).
 *  Text may end in an ellipsis where a title tells all of it. */
({ touch = false, room = "body", popups = ".lrp-take-menu, .lrp-own, .lrp-offer" } = {}) => {
  const TARGETS =
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const SLACK = 1.5; // pixels, for rounding
  const found = new Set();
  const root = document.scrollingElement;

  const name = (node) => {
    const classes = typeof node.className === "string" ? node.className : "";
    const kind =
      classes
        .split(" ")
        .filter((each) => each.startsWith("lrp-"))
        .join(".") || node.tagName.toLowerCase();
    const text = (node.getAttribute?.("aria-label") || node.title || node.textContent || "")
      .trim()
      .replace(/\s+/g, " ");
    return `${kind} “${text.slice(0, 60)}”`;
  };

  const seen = (node) =>
    node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    !node.closest("[inert], .lrp-unseen, .skip-link");

  const overlap = (a, b) => [
    Math.min(a.right, b.right) - Math.max(a.left, b.left),
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
  ];

  /** Whether a box can be brought into sight, and where it is shown now (null: scrolled away). */
  function reach(holder, box, position = "static") {
    let { left, right, top, bottom } = box;
    let shown = { left, right, top, bottom };
    let fixed = position;
    for (
      let outer = holder;
      outer && outer !== document.documentElement;
      outer = outer.parentElement
    ) {
      const style = getComputedStyle(outer);
      if (fixed === "absolute" && style.position === "static") continue;
      fixed = style.position;
      if (
        style.display === "contents" ||
        (style.overflowX === "visible" && style.overflowY === "visible")
      )
        continue;
      const clip = outer.getBoundingClientRect();
      const scrolls = (overflow) => overflow === "auto" || overflow === "scroll";
      if (shown) {
        shown = {
          left: Math.max(shown.left, clip.left),
          right: Math.min(shown.right, clip.right),
          top: Math.max(shown.top, clip.top),
          bottom: Math.min(shown.bottom, clip.bottom),
        };
        if (shown.left >= shown.right || shown.top >= shown.bottom) shown = null;
      }
      if (scrolls(style.overflowX)) [left, right] = [clip.left, clip.right];
      else if (
        style.overflowX !== "visible" &&
        (left < clip.left - SLACK || right > clip.right + SLACK)
      )
        return { cutBy: outer, shown };
      if (scrolls(style.overflowY)) [top, bottom] = [clip.top, clip.bottom];
      else if (
        style.overflowY !== "visible" &&
        (top < clip.top - SLACK || bottom > clip.bottom + SLACK)
      )
        return { cutBy: outer, shown };
    }
    const still = [document.documentElement, document.body].some(
      (each) => getComputedStyle(each).overflowY === "hidden",
    );
    const low = still ? innerHeight : Math.max(root.scrollHeight - root.scrollTop, innerHeight);
    if (
      left < -SLACK ||
      right > innerWidth + SLACK ||
      top + (still ? 0 : root.scrollTop) < -SLACK ||
      bottom > low + SLACK
    )
      return { cutBy: document.body, shown };
    return { shown };
  }

  // ---- text ----
  const texts = [];
  const walker = document.createTreeWalker(document.querySelector(room), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const node = text.parentElement;
    if (
      !text.data.trim() ||
      node.closest("math, script, style, option, textarea, svg") ||
      !seen(node)
    )
      continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      const { cutBy, shown } = reach(node, box);
      if (cutBy) {
        const ellipsis = getComputedStyle(cutBy).textOverflow === "ellipsis";
        const told = cutBy.closest("[title], [aria-label]");
        if (
          !(
            ellipsis &&
            told &&
            (told.title + told.getAttribute("aria-label")).includes(cutBy.textContent.trim())
          )
        ) {
          found.add(`cut: ${name(node)} by ${name(cutBy).split(" ")[0]}`);
        }
      }
      // The letters, not the whole line: descenders may touch the next.
      const quarter = box.height / 5;
      if (shown)
        texts.push([
          node,
          {
            left: shown.left + 1,
            right: shown.right - 1,
            top: Math.max(shown.top, box.top + quarter),
            bottom: Math.min(shown.bottom, box.bottom - quarter),
          },
        ]);
    }
  }
  const popup = (node) => node.closest(popups);
  texts.forEach(([a, boxA], i) => {
    for (const [b, boxB] of texts.slice(i + 1)) {
      const [wide, high] = overlap(boxA, boxB);
      if (a !== b && wide > SLACK && high > SLACK && popup(a) === popup(b))
        found.add(`text over text: ${name(a)} and ${name(b)}`);
    }
  });

  // ---- controls ----
  const targets = [];
  for (const node of document.querySelector(room).querySelectorAll(TARGETS)) {
    if (!seen(node) || node.closest(".noUi-target")) continue;
    const box = node.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) {
      continue;
    }
    const { cutBy, shown } = reach(node.parentElement, box, getComputedStyle(node).position);
    if (cutBy) found.add(`out of reach: ${name(node)}, cut by ${name(cutBy).split(" ")[0]}`);
    targets.push({ node, box, shown });
    const inner = getComputedStyle(node);
    if (
      node.matches("button") &&
      inner.overflowX !== "visible" &&
      inner.textOverflow !== "ellipsis" &&
      node.scrollWidth > node.clientWidth + 1
    )
      found.add(`cut: ${name(node)}`);
  }
  const related = (a, b) => a.contains(b) || b.contains(a) || popup(a) !== popup(b);
  targets.forEach((a, i) => {
    for (const b of targets.slice(i + 1)) {
      if (!a.shown || !b.shown || related(a.node, b.node)) continue;
      const [wide, high] = overlap(a.shown, b.shown);
      if (wide > SLACK && high > SLACK)
        found.add(`control over control: ${name(a.node)} and ${name(b.node)}`);
    }
  });
  if (touch) {
    const LEAST = 24;
    const small = ({ box, node }) =>
      Math.min(box.width, box.height) < LEAST - 0.5 &&
      !node.matches("input[type=range]") &&
      !node.closest("p, li, .lrp-small-text, .lrp-absorbed");
    const middle = ({ box }) => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    for (const one of targets.filter(small)) {
      const [x, y] = middle(one);
      for (const other of targets) {
        if (other === one || related(one.node, other.node)) continue;
        const [u, v] = middle(other);
        const { box } = other;
        const away = small(other)
          ? Math.hypot(u - x, v - y) - LEAST / 2
          : Math.hypot(
              Math.max(box.left - x, 0, x - box.right),
              Math.max(box.top - y, 0, y - box.bottom),
            );
        if (away < LEAST / 2 - 0.5)
          found.add(
            `hard to touch: ${name(one.node)} (${Math.round(one.box.width)}×${Math.round(one.box.height)}), beside ${name(other.node)}`,
          );
      }
    }
  }

  // ---- what covers what ----
  const scrolled = [];
  for (const { node } of targets) {
    if (document.querySelector(popups)?.checkVisibility() && !popup(node)) continue;
    for (let outer = node.parentElement; outer; outer = outer.parentElement)
      scrolled.push([outer, outer.scrollLeft, outer.scrollTop]);
    node.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = node.getBoundingClientRect();
    const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    if (!top) found.add(`never in sight: ${name(node)}`);
    else if (
      !node.contains(top) &&
      !top.contains(node) &&
      !top.closest("label")?.contains(node) &&
      getComputedStyle(node).pointerEvents !== "none"
    )
      found.add(`covered: ${name(node)} by ${name(top)}`);
  }
  for (const [outer, left, top] of scrolled.reverse())
    outer.scrollTo({ left, top, behavior: "instant" });

  if (root.scrollWidth > root.clientWidth + 1)
    found.add(`the page scrolls sideways: ${root.scrollWidth} in ${root.clientWidth} pixels`);
  for (const node of document.querySelectorAll(".lrp-dashboard"))
    if (node.scrollWidth > node.clientWidth + 1)
      found.add(
        `the dashboard is wider than its window: ${node.scrollWidth} in ${node.clientWidth} pixels`,
      );
  return [...found];
};
