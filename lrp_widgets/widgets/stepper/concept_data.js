/** Answers of Python about a layer that are fetched when they are first looked at: `type` is that of
 *  the message that asks, and of the answer. The last one is kept. */
export class ConceptData {
  constructor(type, model, maps, onLoad) {
    this.type = type;
    this.model = model;
    this.maps = maps;
    this.onLoad = onLoad;
    this.asked = null;
    this.found = null;
    this.receive = (message, buffers) => this.keep(message, buffers);
    model.on("msg:custom", this.receive);
  }

  /** The answer to `about`, such as {layer, channel}, its bytes as `bytes`; null while it comes. */
  of(about) {
    const message = this.asks(about);
    if (!this.asked || !isSame(this.asked, message)) {
      this.asked = message;
      this.found = null;
      this.model.send(message);
    }
    return this.found;
  }

  /** The message that asks for it. */
  asks(about) {
    return { type: this.type, ...about, version: this.maps.summary.version };
  }

  keep(message, buffers) {
    if (message.type !== this.type || !this.asked || !isSame(this.asked, message)) return;
    const { buffer, byteOffset, byteLength } = buffers[0];
    this.found = { ...message, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
    this.onLoad();
  }

  forget() {
    this.asked = this.found = null;
  }

  close() {
    this.model.off("msg:custom", this.receive);
  }
}

/** Whether an answer has all that was asked. */
const isSame = (asked, answer) =>
  Object.entries(asked).every(([name, value]) => answer[name] === value);
