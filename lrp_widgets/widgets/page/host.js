// The last script of an exported page: it unpacks what the page carries and renders its widgets.

import { Model } from "./model.js";
import { unpack } from "./payload.js";

const OLD =
  "This browser is too old for this page: it needs Chrome 103, Firefox 113, Safari 16.4 or newer.";

async function start() {
  const text = document.getElementById("lrp-payload").textContent;
  const { widgets } = await unpack(text);
  for (const [name, { module, state, answers }] of Object.entries(widgets)) {
    const el = document.getElementById(name);
    el.replaceChildren();
    globalThis.lrpWidgets[module].render({ model: new Model(state, answers), el });
  }
}

start().catch((error) => {
  const words = typeof DecompressionStream === "undefined" ? OLD : `This page is damaged: ${error}`;
  for (const each of document.querySelectorAll(".lrp-waiting")) each.textContent = words;
  console.error(error);
});
