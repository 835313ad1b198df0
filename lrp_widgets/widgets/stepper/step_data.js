import { floats } from "../shared/layer_maps.js";

/** The four steps of one layer, fetched when they are first looked at; no more are kept. */
export class StepData {
  constructor(model, maps, onLoad) {
    this.model = model;
    this.maps = maps;
    this.onLoad = onLoad;
    this.kept = null;
    this.receive = (message, buffers) => this.keep(message, buffers);
    model.on("msg:custom", this.receive);
  }

  /** What Python knows of a layer's steps, or null while it is on its way. */
  of(layer) {
    const { version } = this.maps.summary;
    if (this.kept?.layer !== layer.name || this.kept?.version !== version) {
      this.kept = { layer: layer.name, version };
      this.model.send({ type: "steps", layer: layer.name, version });
    }
    return this.kept.steps ? this.kept : null;
  }

  keep(message, buffers) {
    if (
      message.type !== "steps" ||
      message.layer !== this.kept?.layer ||
      message.version !== this.kept.version
    )
      return;
    this.kept = { ...message, values: floats(buffers[0]) };
    this.onLoad();
  }

  /** A term's map, and the layer whose units it shows. */
  map({ layer: name, offset }) {
    const layer = this.maps.layers.find((each) => each.name === name);
    const { rows, columns, size } = layer;
    return {
      layer,
      map: { values: this.kept.values.subarray(offset, offset + size), rows, columns },
    };
  }

  forget() {
    this.kept = null;
  }

  close() {
    this.model.off("msg:custom", this.receive);
  }
}
