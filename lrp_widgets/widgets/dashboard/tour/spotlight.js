const HALO = "lrp-tour-lit";
const KEPT_CONTROL = "lrp-toured";

/** Where the parts that the tour talks about stand on the page. */
const PARTS = {
  predictions: ".lrp-predictions-part",
  map: ".lrp-map-column",
  scale: ".lrp-scale",
  totals: ".lrp-totals-part",
  stepping: ".lrp-step",
  equation: ".lrp-equation-part",
  tools: ".lrp-tools",
  senders: ".lrp-unit-up",
  receivers: ".lrp-unit-down",
  numbers: ".lrp-unit-equations",
  apart: ".lrp-judge-left",
  curves: ".lrp-judge-right",
};

/** Put the halo around one part of the dashboard, and take it off all others; return whether the
 *  part is there. A control among them stays on the page beside the tour, as the only one. */
export function light(dashboard, part) {
  const control = part.startsWith("control-") && dashboard.querySelector(`.lrp-${part}`);
  const chosen = control || (part in PARTS && dashboard.querySelector(PARTS[part]));
  for (const name of [HALO, KEPT_CONTROL]) {
    for (const one of dashboard.querySelectorAll(`.${name}`))
      one !== chosen && one.classList.remove(name);
  }
  if (!chosen) return !part;
  if (control) control.classList.add(KEPT_CONTROL);
  if (!chosen.classList.contains(HALO)) {
    chosen.classList.add(HALO);
    chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  return true;
}
