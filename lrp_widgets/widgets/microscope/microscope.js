import "../shared/theme.css";
import "./microscope.css";
import { relevanceTable } from "../shared/colormap.js";
import { element } from "../shared/dom.js";
import { onlyUnits } from "../shared/prepared.js";
import { unitPanel } from "./unit_panel.js";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  const panel = unitPanel(
    { go: (layer, index) => model.send({ type: "look", layer, index }) },
    onlyUnits(model),
  );
  const frame = element("div", { class: "lrp-microscope" }, panel.node);
  el.append(frame);
  const bytesOf = (key) => {
    const { buffer, byteOffset, byteLength } = model.get(key);
    return new Uint8Array(buffer, byteOffset, byteLength);
  };

  const table = relevanceTable(bytesOf("relevance_table"));
  const [rows, columns] = model.get("picture_shape");
  panel.showPicture(rows ? { rows, columns, bytes: bytesOf("picture") } : null);

  panel.showLayers(model.get("unit_layers"));

  function draw() {
    const view = model.get("unit");
    if (view.layer) panel.update(view, model.get("path"), table);
  }
  model.on("change:unit", draw);
  draw();
  return () => {
    model.off("change:unit", draw);
    panel.close();
    frame.remove();
  };
}

export default { render };
