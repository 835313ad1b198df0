// Playing: one step after the other, from the output to the input, until somebody stops it.

const PLAY_MS = 900;
const PLAY_CALMLY_MS = 1600; // for those who asked their system for less motion

/** Plays the layers. `count()` and `current()`: how many there are, and which is shown, 0 the input;
 *  `goTo(number)`, `step(by)`: show another; `changed()`: it began to play, or stopped. */
export function player({ count, current, goTo, step, changed }) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let timer = 0;

  function stop() {
    clear();
    changed();
  }

  function clear() {
    clearInterval(timer);
    timer = 0;
  }

  function toggle() {
    if (timer) return stop();
    if (!count()) return;
    if (current() === 0) goTo(count() - 1);
    timer = setInterval(
      () => {
        step(1);
        if (current() === 0) stop();
      },
      calm.matches ? PLAY_CALMLY_MS : PLAY_MS,
    );
    changed();
  }

  return {
    toggle,
    stop,
    /** As `stop`, where nothing is drawn any more. */
    clear,
    playing: () => timer !== 0,
  };
}
