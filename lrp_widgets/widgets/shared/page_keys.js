const FIELDS =
  "input:not([type=range], [type=checkbox]), select, textarea, [contenteditable], [role=menu], [role=radiogroup], [role=slider]";
const SCROLLING = ["Home", "End", "PageUp", "PageDown", " "];

/** On a page of its own, keys belong to the view that is shown, wherever the focus is outside fields:
 *  `onKey` gets those pressed outside `node`. Returns a function that ends it.
 *
 *  Those with which people scroll keep doing that where the page scrolls. */
export function keysOfPage(node, onKey) {
  function listen(event) {
    const page = node.closest("body[data-voila] .lrp-dashboard");
    if (!page || !node.checkVisibility() || event.defaultPrevented) return;
    if (node.contains(event.target) || event.target.closest(FIELDS)) return;
    if (event.key === " " && event.target.closest("a, button")) return;
    if (SCROLLING.includes(event.key) && page.scrollHeight > page.clientHeight + 1) return;
    onKey(event);
  }
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}
