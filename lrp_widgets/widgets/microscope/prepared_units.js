// Units on an exported page: what `UnitInspection` does in a kernel, for those that it carries.

import { termKey } from "./unit_words.js";

/** Answers the messages "look", "look at" and "leave".
 *
 *  `views`: what a kernel would put into `unit`. `opened`: {layer, cell, channel, number, why} of each
 *  click on a map that opens one of them, the number among the views. */
export class PreparedUnits {
  constructor(views, opened) {
    this.views = new Map(views.map((view) => [termKey(view.layer, view.index), view]));
    this.opened = new Map(
      opened.map(({ layer, cell, channel, number, why }) => [
        clickKey(layer, cell, channel),
        { view: views[number], why },
      ]),
    );
    this.units = views.map(({ layer, index }) => ({ layer, index }));
  }

  has(message) {
    return message.type === "leave" || Boolean(this.asked(message));
  }

  /** The unit that a message asks for, and why a click on a summed map has opened it. */
  asked({ type, layer, index, cell, channel }) {
    if (type === "look at") return this.opened.get(clickKey(layer, cell, channel));
    const view = type === "look" && this.views.get(termKey(layer, index));
    return view && { view, why: "" };
  }

  answer(message, model) {
    if (message.type === "leave") {
      model.set("path", []);
      return model.set("unit", {});
    }
    const { view, why } = this.asked(message);
    const { layer, index } = view;
    const path = model.get("path");
    const before = path.findIndex(
      (place) => termKey(place.layer, place.index) === termKey(layer, index),
    );
    model.set("path", [...(before < 0 ? path : path.slice(0, before)), { layer, index }]);
    model.set("unit", { ...view, why });
    if (model.get("current") === undefined || model.get("current") === layer) return;
    model.set("channel", -1); // these do not carry over
    model.set("step", "");
    model.set("current", layer);
  }
}

const clickKey = (layer, cell, channel) => `${layer}:${cell} ${channel}`;
