import { activationLimits, relevanceLimits } from "./color_limits.js";

const KEPT_CHANNELS = 64;

/** The float32 numbers that Python sent as bytes. */
export function floats(view) {
  if (!view?.byteLength) return new Float32Array(0);
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return new Float32Array(bytes.slice().buffer);
}

/** The numbers of one explanation: every layer's maps, single channels on demand, and limits.
 *
 *  A map is {values, rows, columns}; `values` may be shorter than rows × columns where a vector
 *  was wrapped into rows. */
export class LayerMaps {
  constructor(model, onArrival) {
    this.model = model;
    this.onArrival = onArrival;
    this.channels = new Map();
    this.receive = (message, buffers) => this.keepChannel(message, buffers);
    model.on("msg:custom", this.receive);
    this.load();
  }

  load() {
    this.layers = this.model.get("layers");
    this.summary = this.model.get("summary");
    this.sums = {
      relevance: floats(this.model.get("relevance_maps")),
      activation: floats(this.model.get("activation_maps")),
    };
    this.pixels = floats(this.model.get("pixels"));
    this.channels.clear();
    this.limitCache = new Map();
  }

  /** The layer's map summed over its channels (a vector's as it is). */
  sum(layer, quantity) {
    const { offset, size, rows, columns } = layer;
    return { values: this.sums[quantity].subarray(offset, offset + size), rows, columns };
  }

  /** One channel's map, or null while it is on its way from Python. */
  channel(layer, quantity, channel) {
    const key = `${layer.name} ${quantity} ${channel}`;
    if (!this.channels.has(key)) {
      this.channels.set(key, null);
      this.model.send(this.asks(layer, quantity, channel));
    }
    const values = this.channels.get(key);
    return values && { values, rows: layer.rows, columns: layer.columns };
  }

  /** The message that asks for a channel's map. */
  asks(layer, quantity, channel) {
    const { version } = this.summary;
    return { type: "channel", layer: layer.name, quantity, channel, version };
  }

  keepChannel(message, buffers) {
    if (message.type !== "channel" || message.version !== this.summary.version) return;
    const key = `${message.layer} ${message.quantity} ${message.channel}`;
    this.channels.set(key, floats(buffers[0]));
    for (const old of this.channels.keys()) {
      if (this.channels.size <= KEPT_CHANNELS) break;
      if (old !== key) this.channels.delete(old);
    }
    this.onArrival();
  }

  /** Limits of some values, remembered under `key`. */
  limits(key, values, quantity, scale, percent) {
    const full = `${key} ${quantity} ${scale} ${percent}`;
    if (!this.limitCache.has(full)) {
      const find = quantity === "relevance" ? relevanceLimits : activationLimits;
      this.limitCache.set(full, find(values, scale, percent));
    }
    return this.limitCache.get(full);
  }

  /** Limits for a layer's summed map, its own or those common to all layers.
   *
   *  @param {any} layer
   *  @param {string} quantity
   *  @param {{ limits?: string, scale?: string, percentile?: number }} settings */
  sumLimits(layer, quantity, { limits, scale, percentile }) {
    return limits === "common"
      ? this.limits("common", this.sums[quantity], quantity, scale, percentile)
      : this.limits(layer.name, this.sum(layer, quantity).values, quantity, scale, percentile);
  }

  close() {
    this.model.off("msg:custom", this.receive);
  }
}
