// What stands in for Jupyter's model on an exported page: a widget's state, and prepared answers.

/** A message, or a state's value, as one text: equal ones have equal texts, in Python as well. */
export function keyOf(value) {
  if (Array.isArray(value)) return `[${value.map(keyOf).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${keyOf(value[key])}`).join(",")}}`;
}

const sameValue = (one, other) =>
  one === other ||
  (typeof one === "object" &&
    typeof other === "object" &&
    !(one instanceof DataView || other instanceof DataView) &&
    keyOf(one) === keyOf(other));

/** anywidget's front-end interface without a kernel.
 *
 *  `answers`: {key of a message: {content, buffers}}. `respond(message, model)`, if given, is asked
 *  first and returns whether it has answered. `prepared(message)` tells whether there is an
 *  answer: what has none is not offered. A model in a notebook has no `prepared`. */
export class Model {
  constructor(state, answers = {}, respond = null) {
    this.state = state;
    this.answers = answers;
    this.respond = respond;
    /** @type {Map<string, Set<Function>>} */
    this.listeners = new Map();
  }

  get(key) {
    return this.state[key];
  }

  set(key, value) {
    const before = this.state[key];
    this.state[key] = value;
    if (sameValue(before, value)) return;
    this.tell(`change:${key}`);
    this.tell("change");
  }

  save_changes() {}

  /** What can be looked at closely, of a widget that looks at units. */
  get units() {
    return this.respond?.units ?? [];
  }

  prepared(message) {
    return keyOf(message) in this.answers || Boolean(this.respond?.has(message));
  }

  /** The answer comes later, as a kernel's does. */
  send(message) {
    const answer = this.answers[keyOf(message)];
    setTimeout(() => {
      if (answer) this.tell("msg:custom", { ...message, ...answer.content }, answer.buffers ?? []);
      else if (this.respond?.has(message)) this.respond.answer(message, this);
    });
  }

  on(events, listener) {
    for (const event of events.split(" ")) {
      if (!this.listeners.has(event)) this.listeners.set(event, new Set());
      this.listeners.get(event).add(listener);
    }
  }

  off(events, listener) {
    for (const event of events?.split(" ") ?? this.listeners.keys()) {
      if (listener) this.listeners.get(event)?.delete(listener);
      else this.listeners.delete(event);
    }
  }

  tell(event, ...values) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(...values);
  }
}
