import { stepRow } from "../shared/step_row.js";

const SAID = {
  previous: ["one patch less", "One patch less (←)"],
  next: ["one patch more", "One patch more (→)"],
  play: "Replace one patch after the other (space)",
  slider: "Patches replaced",
};

/** One patch less, play, one more, and the slider. `actions`: goTo(count), step(by), togglePlay(). */
export function playing(actions) {
  const row = stepRow(SAID, actions);
  return {
    node: row.node,
    update(count, of, on, told) {
      row.update(count, of, {
        words: `${count} of ${of} patches`,
        spoken: `${count} of ${of} patches replaced: ${told}`,
        playing: on,
      });
    },
  };
}
