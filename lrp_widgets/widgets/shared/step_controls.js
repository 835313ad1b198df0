import { stepRow } from "./step_row.js";

const SAID = {
  previous: ["previous layer", "Previous layer, towards the output (←)"],
  next: ["next layer", "Next layer, towards the input (→)"],
  play: "Play all layers, from the output to the input (space)",
  slider: "Layer, from output to input",
};

/** Previous, play, next and the slider. Positions count from the output: 0 is the last layer.
 *  `actions`: goTo(position), step(by), togglePlay(). */
export function steppingControls(actions) {
  const row = stepRow(SAID, actions);
  return {
    node: row.node,
    /** `position` of `count` stops; `place`: which number of how many layers that is, where it differs. */
    update(position, count, layer, playing, place = { number: position + 1, of: count }) {
      row.update(position, count - 1, {
        words: `layer ${place.number} of ${place.of}, output → input`,
        spoken: `${layer.name}, layer ${place.number} of ${place.of}`,
        playing,
      });
    },
  };
}
