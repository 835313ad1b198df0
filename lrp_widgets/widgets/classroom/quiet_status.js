import { element } from "../shared/dom.js";

const QUIET = 5000; // milliseconds between two things that are read aloud

/** What screen readers say of something that changes often: the newest, now and then. */
export function quietStatus() {
  const node = element("p", { class: "lrp-unseen", role: "status" });
  let said = Number.NEGATIVE_INFINITY;
  let waiting = 0;
  return {
    node,
    say(text) {
      clearTimeout(waiting);
      if (text === node.textContent) return;
      const rest = Math.max(0, said + QUIET - performance.now());
      waiting = window.setTimeout(() => {
        said = performance.now();
        node.textContent = text;
      }, rest);
    },
    close() {
      clearTimeout(waiting);
    },
  };
}
