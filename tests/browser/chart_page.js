// A chart for tests/browser/test_plot_browser.py, which builds this into one script.

import { chart, lineY, SERIES } from "../../lrp_widgets/widgets/shared/plot.js";

const scores = [1, 0.75, 0.25, 0];
const spec = {
  label: "The score falls from 1 to 0 within 3 patches.",
  table: {
    columns: ["patches", "score"],
    rows: scores.map((score, k) => [k, score]),
  },
  legend: [{ words: "z⁺", color: SERIES[0], dash: "4 3" }],
  x: { label: "patches replaced" },
  y: { domain: [0, 1], label: "probability" },
  marks: [lineY(scores, { stroke: SERIES[0] })],
};
globalThis.shown = chart(document.querySelector("main"), spec);
