import { floats } from "../shared/layer_maps.js";

/** The channels of one layer by their share, fetched when they are first listed; no more are kept. */
export class ChannelData {
  constructor(model, maps, onLoad) {
    this.model = model;
    this.maps = maps;
    this.onLoad = onLoad;
    this.kept = null;
    this.receive = (message, buffers) => this.keep(message, buffers);
    model.on("msg:custom", this.receive);
  }

  /** What Python knows of a layer's channels, or null while it is on its way. */
  of(layer) {
    const { version } = this.maps.summary;
    if (this.kept?.layer !== layer.name || this.kept?.version !== version) {
      this.kept = { layer: layer.name, version };
      this.model.send(this.asks(layer));
    }
    return this.kept.channels ? this.kept : null;
  }

  /** The message that asks for a layer's channels. */
  asks(layer) {
    return { type: "channels", layer: layer.name, version: this.maps.summary.version };
  }

  keep(message, buffers) {
    if (
      message.type !== "channels" ||
      message.layer !== this.kept?.layer ||
      message.version !== this.kept.version
    )
      return;
    this.kept = { ...message, values: floats(buffers[0]) };
    this.onLoad();
  }

  /** The small map at a position: the channels' as listed, then what passes, then what goes past. */
  map(position) {
    const { rows, columns, values } = this.kept;
    const size = rows * columns;
    return {
      values: values.subarray(position * size, (position + 1) * size),
      rows,
      columns,
    };
  }

  forget() {
    this.kept = null;
  }

  close() {
    this.model.off("msg:custom", this.receive);
  }
}
