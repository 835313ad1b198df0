// One frame in flight, and the newest wins.

const SECOND = 1000;

/** Sends a frame when there is a fresh one and none is on its way: `send(id)`.
 *
 *  `settled(id)` says whether an answer belongs to the frame that is waited for, and lets the next
 *  one go; `reset()` forgets the one on its way. */
export function frameLoop(send) {
  const name = Math.random().toString(36).slice(2); // a widget may be shown twice
  let count = 0;
  let awaited = "";
  let fresh = false;

  function next() {
    if (!fresh || awaited) return;
    fresh = false;
    count += 1;
    awaited = `${name}-${count}`;
    send(awaited);
  }

  return {
    offer() {
      fresh = true;
      next();
    },
    settled(id) {
      if (id !== awaited) return false;
      awaited = "";
      next();
      return true;
    },
    /** A frame that waits to be sent is not wanted any more. */
    drop() {
      fresh = false;
    },
    reset() {
      fresh = false;
      awaited = "";
    },
    get waiting() {
      return Boolean(awaited);
    },
  };
}

/** Frames a second, as they reach the screen: the mean over the last second, or, where frames are
 *  slower than that, over the last two. */
export function rateMeter() {
  let times = [];
  return {
    mark(now = performance.now()) {
      times.push(now);
      while (times.length > 2 && now - times[0] > SECOND) times.shift();
    },
    rate() {
      return times.length < 2 ? 0 : (SECOND * (times.length - 1)) / (times.at(-1) - times[0]);
    },
    clear() {
      times = [];
    },
  };
}
