import { relevanceLimits } from "../shared/color_limits.js";
import { FOUR, stepBar } from "./step_bar.js";
import { stepColors } from "./step_colors.js";
import { StepData } from "./step_data.js";
import { operandView, stepLines } from "./step_side.js";
import { nextPlace, outputsOver, windowUnder } from "./window_slide.js";

const CALM_MS = 1600;

/** The second speed of the stepper: z → s → c → R within the current layer, and its window.
 *
 *  `maps`: LayerMaps; `layerNow()`; `set(values)`; `draw()` draws the large map anew; `look(layer,
 *  quantity)` → {map, limits, table} of a layer's own sums; `slideTo(cell)` puts the window on a
 *  cell of the large map; `calm`: the media query for less motion. */
export function fourSteps({ model, maps, layerNow, set, draw, look, slideTo, calm }) {
  const data = new StepData(model, maps, () => {
    const { steps: found } = data.of(layerNow());
    bar.name(found);
    lines.build(found);
    draw();
  });
  const bar = stepBar({
    go: (step) => go(step),
    move: (by) => go(FOUR[FOUR.indexOf(model.get("step")) + by]),
    togglePlay,
    toggleSlide,
    pace: (ms) => {
      set({ pace: ms });
      restart();
    },
    choose(number) {
      term = number;
      draw();
    },
  });
  const lines = stepLines((step) => go(step));
  const operandMap = operandView();
  let term = 0;
  let playing = 0;
  let sliding = 0;
  let cell = null; // of the large map, the window's last place
  let shown = null;
  let operand = null; // the map beside the large one

  const ms = () => (calm.matches ? Math.max(CALM_MS, model.get("pace")) : model.get("pace"));
  const isOn = () => Boolean(model.get("step")) && layerNow().steps > 0;
  const divides = () => isOn() && layerNow().steps === FOUR.length;

  function go(step) {
    stop();
    set({ step });
  }

  // ---- playing ----
  function togglePlay() {
    if (playing) return stop();
    stop();
    if (model.get("step") === FOUR.at(-1)) set({ step: FOUR[0] });
    playing = setInterval(advance, ms());
    drawBar();
  }

  function advance() {
    set({ step: FOUR[FOUR.indexOf(model.get("step")) + 1] });
    if (model.get("step") === FOUR.at(-1)) stop();
  }

  function toggleSlide() {
    if (sliding) return stop();
    stop();
    sliding = setInterval(() => slideTo(nextPlace(cell, shown.map)), ms());
    slideTo(cell);
    drawBar();
  }

  /** A new pace holds at once. */
  function restart() {
    const again = playing ? togglePlay : sliding ? toggleSlide : null;
    stop();
    again?.();
  }

  function stop() {
    clearInterval(playing);
    clearInterval(sliding);
    playing = sliding = 0;
    drawBar();
  }

  // ---- drawing ----
  /** What the large map shows, on top of what it would show without steps. */
  function lookAt(layer, base) {
    const found = data.of(layer);
    if (!found) return { ...base, waiting: true };
    const step = model.get("step");
    const { terms } = found.steps[step];
    term = Math.min(term, terms.length - 1);
    const { layer: on, map } = data.map(terms[term]);
    return {
      ...base,
      ...colored(step, map),
      map,
      step,
      layer: on,
      quantity: found.steps[step].name,
      which: "layer",
      cells: on.size,
    };
  }

  function colored(step, map) {
    if (step !== "R") return stepColors(step, map.values, model.get("percentile"));
    const limits = relevanceLimits(map.values, model.get("scale"), model.get("percentile"));
    return { limits, table: look(layerNow(), "relevance").table };
  }

  /** Take note of what the large map shows now. */
  function update(next) {
    shown = next.step ? next : null;
    operandMap.node.hidden = !shown;
    if (!isOn()) return stop();
    drawBar();
    if (!divides())
      lines.update(
        "",
        `${next.layer.name} only passes relevance on${passing(next.layer)}. Nothing is added up or divided.`,
      );
    else if (!shown) lines.update("", "");
    else lines.update(shown.step, data.of(layerNow()).steps[shown.step].words);
    operand = shown && operandLook();
    if (operand) operandMap.show(operand);
  }

  function passing({ rule }) {
    return rule === "pass"
      ? ", each unit's as it is"
      : " where x lies within the limits; elsewhere the bias absorbs it, for a limit is a constant";
  }

  /** The map that the step's line reads its numbers from. */
  function operandLook() {
    const { steps: found, x, ones } = data.of(layerNow());
    const { operand: source, terms } = found[shown.step];
    const key = [
      data.kept.version,
      data.kept.layer,
      shown.step,
      term,
      model.get("colormap"),
      model.get("scale"),
      model.get("percentile"),
    ].join(" ");
    if (source === "R_j")
      return { key, name: "R", layer: layerNow(), ...look(layerNow(), "relevance") };
    const from = source === "x" ? x : found[source].terms;
    const { layer, map } = data.map(from[Math.min(terms[term].of, from.length - 1)]);
    if (source !== "x")
      return { key, name: found[source].name, layer, map, ...colored(source, map) };
    const { limits, table } = look(layer, "activation");
    return {
      key,
      name: ones ? "x = 1" : "x",
      layer,
      map,
      limits: ones ? { low: 0, high: 3 * layer.channels } : limits,
      table,
    };
  }

  /** Mark what feeds a cell of the large map; say it in words. */
  function point(at) {
    cell = at;
    const { layer, name } = operand;
    const region = regionOf(at, layer);
    operandMap.mark(region, layer);
    if (!region) return `from ${name} of all ${layer.size} units`;
    if (region.high * region.wide === 1 && layer.name === shown.layer.name)
      return `from ${name} at the same place`;
    const span = (first, count) => (count > 1 ? `s ${first}–${first + count - 1}` : ` ${first}`);
    return `from ${name} at row${span(region.row, region.high)}, column${span(region.column, region.wide)}`;
  }

  function regionOf(at, from) {
    if (from.name === shown.layer.name) {
      const unit = at.row * shown.map.columns + at.column; // bars lie otherwise than a wrapped vector
      return {
        row: Math.floor(unit / from.columns),
        column: unit % from.columns,
        high: 1,
        wide: 1,
      };
    }
    const { window: slide } = data.of(layerNow());
    if (slide)
      return from.name === layerNow().name
        ? outputsOver(slide, at, from)
        : windowUnder(slide, at, from);
    const same =
      from.rows === shown.map.rows && from.columns === shown.map.columns && !from.wrapped;
    return same ? { ...at, high: 1, wide: 1 } : null;
  }

  function drawBar() {
    const found = divides() ? data.of(layerNow()) : null;
    bar.node.hidden = !divides();
    if (bar.node.hidden) bar.terms.hidden = true;
    else
      bar.update({
        step: model.get("step"),
        steps: found?.steps,
        term,
        playing,
        sliding,
        slides: Boolean(found?.window),
        calm: calm.matches,
        ms: ms(),
      });
  }

  return {
    bar: bar.node,
    terms: bar.terms,
    node: lines.node,
    operand: operandMap.node,
    isOn,
    divides,
    lookAt,
    update,
    point,
    go,
    togglePlay,
    stop,
    /** The pointer is on the map: the window waits there. */
    pause() {
      if (sliding) stop();
    },
    forget() {
      term = 0;
      data.forget();
    },
    close() {
      clearInterval(playing);
      clearInterval(sliding);
      data.close();
    },
  };
}
