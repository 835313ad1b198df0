// A page that follows the teacher's, until its visitor does something else; and the teacher's, which
// says what it shows.

const STILL = 1500; // milliseconds after a touch in which the page is left alone: it may be a change
const OWN = 10_000; // milliseconds after a touch in which a change of the page is its visitor's own
const GAP = 200; // milliseconds between two states that are told

const clock = {
  now: () => performance.now(),
  later: (/** @type {() => void} */ call, delay) => Number(setTimeout(call, delay)),
  never: (timer) => clearTimeout(timer),
};

/** Follow: `apply(state, number)` puts a state in place, which `inPlace(number)` answers; `letGo()`
 *  is called when the visitor has changed something. One state is under way at a time. */
export function follower(apply, letGo, { now, later, never } = clock) {
  let follows = true;
  let wanted = null; // the teacher's state
  let applied = null;
  let underWay = 0;
  let number = 0;
  let touched = Number.NEGATIVE_INFINITY;
  let settled = Number.NEGATIVE_INFINITY;
  let waiting = 0;

  function go() {
    never(waiting);
    if (!follows || underWay || wanted === null || wanted === applied) return;
    const rest = touched + STILL - now();
    if (rest > 0) {
      waiting = later(go, rest);
      return;
    }
    applied = wanted;
    underWay = ++number;
    apply(applied, underWay);
  }

  return {
    get follows() {
      return follows;
    },
    teacherShows(state) {
      wanted = state || null;
      go();
    },
    inPlace(which) {
      if (!underWay || which < underWay) return;
      underWay = 0;
      settled = now();
      go();
    },
    /** The visitor has touched the page. */
    touch() {
      touched = now();
    },
    /** The page shows something else: who has done that? */
    pageChanged() {
      if (!follows || underWay || touched <= settled || now() - touched > OWN) return;
      follows = false;
      letGo();
    },
    stop() {
      never(waiting);
      follows = false;
    },
    again() {
      follows = true;
      touched = Number.NEGATIVE_INFINITY;
      applied = null;
      go();
    },
    /** In another room, or in none. */
    reset() {
      never(waiting);
      [follows, wanted, applied, underWay] = [true, null, null, 0];
      touched = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Call `tell(state)` for the newest of many states, not too often. */
export function teller(tell, { now, later, never } = clock) {
  let told = Number.NEGATIVE_INFINITY;
  let waiting = 0;
  let newest = "";

  function flush() {
    waiting = 0;
    told = now();
    tell(newest);
  }
  return {
    show(state) {
      newest = state;
      waiting ||= later(flush, Math.max(0, told + GAP - now()));
    },
    stop() {
      never(waiting);
      waiting = 0;
    },
  };
}
