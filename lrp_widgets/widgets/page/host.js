// The last script of an exported page: it unpacks what the page carries and renders its widgets.

import { PreparedUnits } from "../microscope/prepared_units.js";
import { Model } from "./model.js";
import { unpack } from "./payload.js";

const OLD =
  "This browser is too old for this page: it needs Chrome 103, Firefox 113, Safari 16.4 or newer.";

async function start() {
  const text = document.getElementById("lrp-payload").textContent;
  const { widgets } = await unpack(text);
  for (const [name, { module, state, answers, units }] of Object.entries(widgets)) {
    const el = document.getElementById(name);
    el.replaceChildren();
    const inspected = units && new PreparedUnits(units.views, units.opened);
    globalThis.lrpWidgets[module].render({ model: new Model(state, answers, inspected), el });
  }
}

start().catch((error) => {
  const words = typeof DecompressionStream === "undefined" ? OLD : `This page is damaged: ${error}`;
  for (const each of document.querySelectorAll(".lrp-waiting")) each.textContent = words;
  console.error(error);
});
