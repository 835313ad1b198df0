// The last script of an exported page: it unpacks what the page carries and renders its widgets.

import { PreparedUnits } from "../microscope/prepared_units.js";
import { connectCovers, Uncovers } from "./covers.js";
import { Model } from "./model.js";
import { unpack } from "./payload.js";

const payload = document.getElementById("lrp-payload");
const OLD =
  "This browser is too old for this page: it needs Chrome 103, Firefox 113, Safari 16.4 or newer.";

async function start() {
  const { widgets, covers = {} } = await unpack(payload.textContent);
  /** @type {Map<string, Model>} */
  const models = new Map();
  for (const [name, { state, answers, units }] of Object.entries(widgets)) {
    const inspected = units && new PreparedUnits(units.views, units.opened);
    models.set(name, new Model(state, answers, name in covers ? new Uncovers() : inspected));
  }
  const shown = new Set();

  /** Draw what is not covered; a view that is covered is drawn when it opens. */
  function show() {
    for (const [name, model] of models) {
      const el = document.getElementById(name);
      if (shown.has(name) || el.closest("[data-covered][hidden]")) continue;
      shown.add(name);
      el.replaceChildren();
      globalThis.lrpWidgets[widgets[name].module].render({ model, el });
    }
  }

  connectCovers(models, covers, show);
  show();
}

start().catch((error) => {
  const words = typeof DecompressionStream === "undefined" ? OLD : `This page is damaged: ${error}`;
  for (const each of document.querySelectorAll(".lrp-waiting")) each.textContent = words;
  console.error(error);
});
