import { floats } from "../shared/layer_maps.js";

/** What is computed of one layer when it is first looked at, of one kind: `type` is that of the
 *  message that asks for it, and of the answer. No more than one layer's is kept. */
export class LayerData {
  constructor(type, model, maps, onLoad) {
    this.type = type;
    this.model = model;
    this.maps = maps;
    this.onLoad = onLoad;
    this.kept = null;
    this.receive = (message, buffers) => this.keep(message, buffers);
    model.on("msg:custom", this.receive);
  }

  /** What Python knows of a layer, with its numbers as `values`; null while it is on its way. */
  of(layer) {
    const { version } = this.maps.summary;
    if (this.kept?.layer !== layer.name || this.kept?.version !== version) {
      this.kept = { layer: layer.name, version };
      this.model.send(this.asks(layer));
    }
    return this.kept.values ? this.kept : null;
  }

  /** The message that asks for a layer's. */
  asks(layer) {
    return { type: this.type, layer: layer.name, version: this.maps.summary.version };
  }

  keep(message, buffers) {
    if (
      message.type !== this.type ||
      message.layer !== this.kept?.layer ||
      message.version !== this.kept.version
    )
      return;
    this.kept = { ...message, values: floats(buffers[0]) };
    this.onLoad();
  }

  forget() {
    this.kept = null;
  }

  close() {
    this.model.off("msg:custom", this.receive);
  }
}
