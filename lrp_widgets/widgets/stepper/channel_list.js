import { relevanceLimits } from "../shared/color_limits.js";
import { element } from "../shared/dom.js";
import { percent } from "../shared/format.js";
import { paintMap } from "../shared/heatmap.js";

const LEAST = 5e-4; // a smaller share would print as 0.0 %

const HIDDEN = { "aria-hidden": "true" };
const oneOf = (layer) => (layer.channels > 1 ? "channel" : "unit");

/** A layer's channels, the one with the largest share first: where each sends its relevance, and
 *  how much of the layer's passes through it.
 *
 *  `actions`: look(channel) shows its map; follow(layers) what passes through these channels alone.
 *  `data`: a `ChannelData`. */
export function channelList(actions, data) {
  const heading = element("div", { class: "lrp-heading", role: "heading", "aria-level": 3 });
  const list = element("ol", { class: "lrp-channel-list", "aria-label": "Channels" });
  const whole = element("div", { class: "lrp-channel-whole" });
  const waiting = element(
    "div",
    { class: "lrp-small-text" },
    "Following each channel to the pixels …",
  );
  const node = element(
    "div",
    {
      class: "lrp-channel-part",
      tabindex: 0,
      role: "group",
      "aria-label": "Channels of this layer",
    },
    heading,
    waiting,
    whole,
    list,
  );

  function small(position, limits, table, words) {
    const canvas = element("canvas", words ? { role: "img", "aria-label": words } : HIDDEN);
    paintMap(canvas, data.map(position), limits, table);
    return canvas;
  }

  function row([channel, share], map, { layer, chosen, followed, follows, name, most }) {
    const on = followed.includes(channel);
    const only = on && followed.length === 1;
    const words = name || `${oneOf(layer)} ${channel}`;
    const bar = element("i");
    bar.style.width = `${(100 * share) / (most || 1)}%`;
    const looking = [
      map,
      element("span", { class: "lrp-channel-name" }, words),
      element("span", { class: "lrp-channel-track" }, bar),
      element("span", { class: "lrp-channel-share" }, percent(share)),
    ].filter(Boolean);
    const look = layer.channels > 1;
    const row = element(
      look ? "button" : "div",
      {
        class: "lrp-channel-look",
        "aria-pressed": look && String(channel === chosen),
        title: look && `Show ${words} in the large map`,
        onclick: () => look && actions.look(channel),
      },
      ...looking,
    );
    const follow = element(
      "button",
      {
        class: "lrp-button lrp-channel-follow",
        "aria-pressed": String(on),
        "aria-label": only ? `show all again, not only ${words}` : `follow only ${words}`,
        title: only ? "Follow all channels again" : `Only what passes through ${words} goes on`,
        onclick: () => actions.follow(only ? [] : [channel]),
      },
      only ? "show all" : "follow only",
    );
    return element(
      "li",
      { "data-channel": channel, "data-followed": on },
      row,
      follows ? follow : "",
    );
  }

  /** How the maps add up: of everything that passes, and of what goes past where something does. */
  function sum(found, layer, limits, table) {
    const { channels, count, held, passing, past, rows } = found;
    const several = count === 1 ? `the one ${oneOf(layer)}` : `all ${count} ${oneOf(layer)}s`;
    const part = (position, words, share, label) =>
      element(
        "span",
        { class: "lrp-channel-sum" },
        ...(rows ? [small(position, limits, table, label)] : []),
        element("span", {}, words, " ", element("b", {}, percent(share))),
      );
    const goesPast = past !== null && Math.abs(past) >= LEAST;
    const listed =
      channels.length < count ? `These ${channels.length} hold ${percent(held)}. ` : "";
    const equation = goesPast ? `Map = Σ of ${several} + past` : `Map = Σ of ${several}`;
    return [
      element("div", { class: "lrp-small-text" }, `${listed}${equation}, of the initial R:`),
      element(
        "div",
        { class: "lrp-channel-sums" },
        part(channels.length, "Σ", passing, `Map of what passes through ${several}`),
        ...(goesPast
          ? [part(channels.length + 1, "past", past, "Map of what goes past this layer")]
          : []),
      ),
    ];
  }

  /** Which button of which row has the focus, null where none has. */
  function focusedRow() {
    const button = /** @type {HTMLElement} */ (document.activeElement);
    const row = list.contains(button) ? button.closest("li") : null;
    return row && { channel: row.dataset.channel, kind: button.classList.contains("lrp-button") };
  }

  function focusRow({ channel, kind }) {
    const row = list.querySelector(`[data-channel="${channel}"]`);
    const button = row?.querySelector(kind ? ".lrp-channel-follow" : ".lrp-channel-look");
    /** @type {HTMLElement | null} */ (button)?.focus({ preventScroll: true });
  }

  return {
    node,
    /** `layer`: the one looked at; `chosen`: the channel in the large map; `followed`: channels of
     *  this layer that are followed; `follows`: whether others can be; `names`: of its units. */
    update({ layer, chosen, followed, follows, names, table, scale, percentile }) {
      const found = data.of(layer);
      heading.textContent = `${layer.channels > 1 ? "Channels" : "Units"} by their share of this layer’s Σ|R|`;
      waiting.hidden = Boolean(found);
      list.hidden = whole.hidden = !found;
      if (!found) return;
      const focused = focusedRow();
      const own = found.values.subarray(0, found.channels.length * found.rows * found.columns);
      const limits = relevanceLimits(own, scale, percentile);
      const all = data.map(found.channels.length);
      const limitsOfAll = relevanceLimits(all.values, scale, percentile);
      list.replaceChildren(
        ...found.channels.map((each, position) => {
          const words = names[each[0]] ?? "";
          const map = found.rows ? small(position, limits, table, "") : null;
          const [[, most]] = found.channels;
          return row(each, map, { layer, chosen, followed, follows, name: words, most });
        }),
      );
      whole.replaceChildren(...sum(found, layer, limitsOfAll, table));
      if (focused) focusRow(focused);
    },
  };
}

/** Says, above everything, that only some channels are followed, with one click back. */
export function followSign(showAll) {
  const words = element("span");
  const button = element(
    "button",
    { class: "lrp-button", title: "Follow the relevance of all channels again", onclick: showAll },
    "show all",
  );
  const node = element(
    "div",
    { class: "lrp-following", role: "status", hidden: true },
    words,
    button,
  );
  return {
    node,
    update({ words: said = "" }, follows) {
      node.hidden = !said;
      button.hidden = !follows;
      words.replaceChildren("Only through ", element("b", {}, said));
    },
  };
}
