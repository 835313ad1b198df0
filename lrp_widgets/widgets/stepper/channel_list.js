import { relevanceLimits } from "../shared/color_limits.js";
import { element } from "../shared/dom.js";
import { percent } from "../shared/format.js";
import { paintMap } from "../shared/heatmap.js";
import { conceptPanel } from "./concept_panel.js";
import { rankBy } from "./rank_by.js";

const LEAST = 5e-4; // a smaller share would print as 0.0 %

const HIDDEN = { "aria-hidden": "true" };
const oneOf = (layer) => (layer.channels > 1 ? "channel" : "unit");

/** A layer's channels, the one with the largest share first: where each sends its relevance, and
 *  how much of the layer's passes through it; or the one first that tells two values apart best.
 *  Of one channel, what it stands for.
 *
 *  `actions`: look(channel) shows its map and what it stands for, where offers(channel) says that
 *  this can be had; follow(layers) what passes through these channels alone; rankBy(text) says by
 *  what they are ranked, where it `ranks`.
 *  `channels`: a `ChannelData`; `concepts`, `telling`: a `ConceptData` each. */
export function channelList(actions, { channels: data, concepts, telling: ranked }) {
  const heading = element("div", { class: "lrp-heading", role: "heading", "aria-level": 3 });
  const ranks = rankBy(actions.rankBy);
  const list = element("ol", { class: "lrp-channel-list", "aria-label": "Channels" });
  const whole = element("div", { class: "lrp-channel-whole" });
  const waiting = element("div", { class: "lrp-small-text" });
  const node = element(
    "div",
    {
      class: "lrp-channel-part",
      tabindex: 0,
      role: "group",
      "aria-label": "Channels of this layer",
    },
    heading,
    ranks.node,
    waiting,
    whole,
    list,
  );
  if (!actions.ranks) ranks.node.remove();
  let opened = null; // the channel whose concept was scrolled to

  function small(position, limits, table, words) {
    const canvas = element("canvas", words ? { role: "img", "aria-label": words } : HIDDEN);
    paintMap(canvas, data.map(position), limits, table);
    return canvas;
  }

  /** A channel's line. `map`: its small map, null for none; `bar`, `value`: what it is ranked by. */
  function line(channel, map, bar, value, { layer, chosen, concept, followed, follows, names }) {
    const on = followed.includes(channel);
    const only = on && followed.length === 1;
    const words = nameOf(layer, channel, names);
    const opens = actions.offers(channel);
    const look = element(
      opens ? "button" : "div",
      {
        class: "lrp-channel-look",
        "aria-pressed": opens && String(channel === chosen || channel === concept),
        "aria-expanded": opens && String(channel === concept),
        title: opens && `Show what ${words} stands for${layer.channels > 1 ? ", and its map" : ""}`,
        onclick: () => opens && actions.look(channel),
      },
      ...[map].filter(Boolean),
      element("span", { class: "lrp-channel-name" }, words),
      bar,
      element("span", { class: "lrp-channel-share" }, value),
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
      look,
      follows ? follow : "",
    );
  }

  const nameOf = (layer, channel, names) => names[channel] || `${oneOf(layer)} ${channel}`;

  /** A bar from the left, `share` of the longest. */
  function shareBar(share) {
    const bar = element("i");
    bar.style.width = `${100 * share}%`;
    return element("span", { class: "lrp-channel-track" }, bar);
  }

  /** A bar from the middle, which is chance, to the area under the curve. */
  function areaBar(area) {
    const bar = element("i");
    bar.style.left = `${100 * Math.min(area, 0.5)}%`;
    bar.style.width = `${100 * Math.abs(area - 0.5)}%`;
    return element("span", { class: "lrp-channel-track lrp-from-middle" }, bar);
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

  /** The lines of all channels by their share. */
  function byShare(found, state) {
    const own = found.values.subarray(0, found.channels.length * found.rows * found.columns);
    const { table, scale, percentile, layer } = state;
    const limits = relevanceLimits(own, scale, percentile);
    const all = data.map(found.channels.length);
    const limitsOfAll = relevanceLimits(all.values, scale, percentile);
    whole.replaceChildren(...sum(found, layer, limitsOfAll, table));
    const [[, most]] = found.channels;
    return found.channels.map(([channel, share], position) => {
      const map = found.rows ? small(position, limits, table, "") : null;
      return line(channel, map, shareBar(share / (most || 1)), percent(share), state);
    });
  }

  /** The lines of those that tell two values apart best. */
  function byTelling(found, state) {
    whole.replaceChildren(element("div", { class: "lrp-small-text" }, found.words));
    return found.channels.map(([channel, area, value]) =>
      line(channel, null, areaBar(area), value, state),
    );
  }

  /** What the chosen channel stands for, below its line, or first where it is not listed. */
  function showConcept({ layer, concept, names }) {
    if (concept < 0) {
      opened = null;
      return;
    }
    const found = concepts.of({ layer: layer.name, channel: concept });
    const words = nameOf(layer, concept, names);
    const of = list.querySelector(`[data-channel="${concept}"]`);
    const title = of ? [] : [element("div", { class: "lrp-channel-name" }, words)];
    const item = element("li", { class: "lrp-concept-item" }, ...title, conceptPanel(words, found));
    if (of) of.after(item);
    else list.prepend(item);
    const key = `${layer.name} ${concept} ${Boolean(found)}`;
    if (key !== opened) reveal(of ?? item, item);
    opened = key;
  }

  /** Scroll the list, not the page, until what has opened is in view with its line above it. */
  function reveal(top, item) {
    const { top: above, bottom: below } = node.getBoundingClientRect();
    if (item.getBoundingClientRect().bottom > below || top.getBoundingClientRect().top < above)
      node.scrollTop += top.getBoundingClientRect().top - above;
  }

  return {
    node,
    /** `layer`: the one looked at; `chosen`: the channel in the large map; `concept`: the one whose
     *  pictures are shown; `telling`: by what channels are ranked, "" for their share;
     *  `differences`: what they can be ranked by; `followed`: channels of this layer that are
     *  followed; `follows`: whether others can be; `names`: of its units. */
    update(state) {
      const { layer, telling, differences } = state;
      const told = differences.length > 0 && telling !== "";
      const channels = layer.channels > 1 ? "Channels" : "Units";
      heading.textContent = told
        ? `${channels} by what they tell apart`
        : `${channels} by their share of this layer’s Σ|R|`;
      heading.hidden = actions.ranks && differences.length > 0;
      ranks.update(differences, telling, "their share of this layer’s Σ|R|");
      const found = told ? ranked.of({ layer: layer.name, difference: telling }) : data.of(layer);
      waiting.textContent = told
        ? "Looking up what they tell apart …"
        : "Following each channel to the pixels …";
      waiting.hidden = Boolean(found);
      list.hidden = whole.hidden = !found;
      if (!found) return;
      const focused = focusedRow();
      list.classList.toggle("lrp-tells", told);
      list.replaceChildren(...(told ? byTelling(found, state) : byShare(found, state)));
      showConcept(state);
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
