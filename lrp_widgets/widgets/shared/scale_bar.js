import { cssGradient } from "./colormap.js";
import { element } from "./dom.js";
import { number, percent, signed } from "./format.js";
import { segments } from "./segments.js";

const CHANNEL_BARS = ["#000, #f00", "#000, #0f0", "#000, #00f"];

/** The colour bar with its limits, and in words what it shows. `onLimits("layer" | "common")`;
 *  Without it nothing can be chosen. `beside`: what else stands in its last row. */
export function scaleBar(onLimits, beside) {
  const low = element("span", { class: "lrp-scale-low" });
  const high = element("span", { class: "lrp-scale-high" });
  const zero = element("span", { class: "lrp-scale-zero" }, element("b", {}, "0"));
  const bar = element("div", { class: "lrp-scale-bar" }, zero);
  const against = element("span", { class: "lrp-scale-side" }, "against");
  const forIt = element("span", { class: "lrp-scale-side" }, "for");
  const words = element("span", { class: "lrp-scale-words" });
  const common = segments(
    "Scale",
    [
      ["layer", "per layer", "Each layer has a colour scale of its own"],
      ["common", "common", "One colour scale for all layers, so that colours compare between them"],
    ],
    onLimits,
  );
  const node = element(
    "div",
    { class: "lrp-scale" },
    element("div", { class: "lrp-scale-row" }, against, low, bar, high, forIt),
    element(
      "div",
      { class: "lrp-scale-row lrp-scale-notes" },
      words,
      ...[onLimits && common.node, beside].filter(Boolean),
    ),
  );

  return {
    node,
    /** `step`: which of the four steps is shown, if any; each has a scale of its own.
     *
     *  @param {{ limits: { low: number, high: number }, table: Uint32Array, quantity: string,
     *    scale: string, which?: string, clipped: number, colors: boolean, percentile: number,
     *    step?: string, explained?: string, meaning?: string }} shown */
    update({
      limits,
      table,
      quantity,
      scale,
      which,
      clipped,
      colors,
      percentile,
      step,
      explained = "",
      meaning,
    }) {
      const write = quantity === "relevance" || step === "R" ? signed : number;
      low.textContent = write(limits.low, 2);
      high.textContent = write(limits.high, 2);
      bar.style.background = colors
        ? CHANNEL_BARS.map(
            (stops, i) => `linear-gradient(90deg, ${stops}) 0 ${i * 50}% / 100% 33.4% no-repeat`,
          ).join(", ")
        : cssGradient(table);
      const at = (0 - limits.low) / (limits.high - limits.low);
      const inside = at >= 0 && at <= 1;
      zero.hidden = !(at >= 0.01 && at <= 0.99);
      zero.style.left = `${at * 100}%`;
      zero.classList.toggle("lrp-at-edge", at < 0.06 || at > 0.94);
      const beyond = `${percent(clipped)} clipped`;
      // Relevance has a side; what else is shown has only a size.
      const sided = quantity === "relevance" && (!step || step === "R");
      const says = meaning ?? "zero is white";
      against.hidden = forIt.hidden =
        Boolean(meaning) || !sided || (colors && scale === "symmetric");
      against.title = forIt.title = explained && `against and for ${explained}`;
      if (limits.low === limits.high) words.textContent = "all cells are equal";
      else if (colors && scale === "symmetric") words.textContent = `zero is mid-gray; ${beyond}`;
      else if (scale === "min-max" && (!step || step === "R"))
        words.textContent = inside ? "min–max: zero is at the mark" : "min–max: zero lies outside";
      else if (quantity === "relevance" || step) words.textContent = `${says}; ${beyond}`;
      else words.textContent = `white to black; ${beyond}`;
      words.title =
        scale === "min-max" && (!step || step === "R")
          ? `${words.textContent}. The colours run from the smallest to the largest value, which moves zero.`
          : `${words.textContent}. The limits are the ${percentile}th percentile of ${step ? "the values" : quantity === "relevance" ? "|R|" : "the activations"}; ${beyond}, drawn in the outermost colour.`;
      common.node.hidden = Boolean(step);
      common.set(which);
    },
  };
}
