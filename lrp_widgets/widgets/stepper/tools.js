import { element } from "../shared/dom.js";
import { segments } from "../shared/segments.js";

/** What of the layer is shown: relevance, activation or its four steps, and of which channels.
 *  `actions`: quantity(name), channel(number or −1), view("gray" | "rgb"). `offered(layer,
 *  quantity, channel)` tells which channels can be had, where these are not all. */
export function toolRow(actions, offered = null) {
  const quantity = segments(
    "What is shown",
    [
      ["relevance", "relevance", "The share of the explained output that each unit carries"],
      ["activation", "activation", "What the layer put out for this picture"],
      ["steps", "four steps", "How relevance passes this layer: z → s → c → R, one step each"],
      ["ranked", "channels", "Through which channels it passes, and where each of them leads"],
    ],
    actions.quantity,
  );
  const which = segments(
    "Channels",
    [
      ["sum", "summed", "Added up over all channels"],
      ["rgb", "RGB", "Three channels, as brightness of red, green and blue"],
      ["one", "channel", "One channel alone"],
    ],
    (value) => {
      if (value === "rgb") actions.view("rgb");
      else if (value === "one") actions.channel(Number(field.value));
      else actions.view("gray");
    },
  );
  const field = element("input", {
    type: "number",
    class: "lrp-number",
    min: 0,
    step: 1,
    value: 0,
    "aria-label": "Channel, counted from 0",
    title: "Channel, counted from 0",
    oninput: () => choose(field.valueAsNumber),
    onchange: () => refuse(field.value !== "" && !isThere(field.valueAsNumber)),
  });
  const isThere = (channel) =>
    Number.isInteger(channel) && channel >= 0 && channel <= Number(field.max);
  const choose = (channel) => {
    refuse(field.value !== "" && !isThere(channel));
    if (isThere(channel)) actions.channel(channel);
  };
  /** Say which channels there are, beside a number that is none of them. */
  const refuse = (wrong) => {
    field.setAttribute("aria-invalid", String(wrong));
    of.textContent = wrong
      ? `There is no channel ${field.value}: they are 0 to ${field.max}.`
      : `of ${Number(field.max) + 1}`;
    of.classList.toggle("lrp-refused", wrong);
  };
  const of = element("span", { class: "lrp-of", "aria-live": "polite" });
  const strongest = element("span", { class: "lrp-strongest" });
  const channels = element("div", { class: "lrp-channels" }, which.node, field, of, strongest);
  field.hidden = of.hidden = Boolean(offered);

  return {
    node: element("div", { class: "lrp-tools" }, quantity.node, channels),
    update({ layer, quantity: shown, channel, rgb, rgbPossible, steps, ranked, canRank }) {
      quantity.show("steps", "four steps", layer.steps > 0);
      quantity.show("ranked", layer.channels > 1 ? "channels" : "units", canRank);
      quantity.set(steps ? "steps" : ranked ? "ranked" : shown);
      const several = layer.channels > 1 && !steps && !ranked;
      channels.hidden = !several;
      if (!several) return;
      which.show("sum", rgbPossible ? "gray" : "summed", true);
      which.show("rgb", "RGB", rgbPossible);
      which.set(rgb ? "rgb" : channel < 0 || channel >= layer.channels ? "sum" : "one");
      field.max = String(layer.channels - 1);
      if (channel >= 0 && channel < layer.channels && document.activeElement !== field)
        field.value = channel;
      if (document.activeElement !== field && !isThere(field.valueAsNumber)) field.value = "0";
      const chips = layer.strongest[shown].filter((k) => !offered || offered(layer, shown, k));
      if (offered) {
        if (channel >= 0 && !chips.includes(channel)) chips.push(channel);
        if (channel < 0) field.value = chips[0];
        which.show("one", "channel", chips.length > 0);
      }
      refuse(field.value !== "" && !isThere(field.valueAsNumber));
      strongest.replaceChildren(
        "strongest ",
        ...chips.map((k) =>
          element(
            "button",
            {
              class: "lrp-chip",
              "aria-pressed": String(k === channel),
              title: `Show channel ${k}`,
              onclick: () => {
                field.value = k;
                actions.channel(k);
              },
            },
            String(k),
          ),
        ),
      );
    },
  };
}
