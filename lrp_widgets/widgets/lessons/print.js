// A lesson on paper: each view keeps the layout that it has on the screen, scaled to the page.

import "./print.css";

const PAGE = 670; // CSS pixels between the margins of A4; of Letter some more
const VIEWS = ".lrp-stepper-frame, .lrp-beside-widget > *"; // in a cell; without one, what it shows
const CELLS = ".jp-OutputArea-output.lm-Panel";
const SHOWN = ":scope > :not(:has(.lrp-task, .lrp-lesson-head, .lrp-mine, .lrp-beside, .lrp-body))";

/** Lay the lesson out for paper whenever it is printed; returns what ends that. */
export function printable() {
  let laidOut = [];

  function layOut() {
    putBack();
    const views = [...document.querySelectorAll(CELLS)].flatMap((cell) => {
      const inside = [...cell.querySelectorAll(VIEWS)];
      return inside.length ? inside : [...cell.querySelectorAll(SHOWN)];
    });
    // All are measured before the first is changed.
    const widths = views.map((view) => /** @type {HTMLElement} */ (view).offsetWidth);
    laidOut = views.filter((_, number) => widths[number] > PAGE);
    for (const view of laidOut) {
      const width = widths[views.indexOf(view)];
      view.style.setProperty("--lrp-paper-width", `${width}px`);
      view.style.setProperty("--lrp-paper-zoom", String(PAGE / width));
      view.classList.add("lrp-on-paper");
    }
  }

  function putBack() {
    for (const view of laidOut) view.classList.remove("lrp-on-paper");
    laidOut = [];
  }

  window.addEventListener("beforeprint", layOut);
  window.addEventListener("afterprint", putBack);
  return () => {
    putBack();
    window.removeEventListener("beforeprint", layOut);
    window.removeEventListener("afterprint", putBack);
  };
}
