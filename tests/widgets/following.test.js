import assert from "node:assert/strict";
import { test } from "node:test";
import { follower, teller } from "../../lrp_widgets/widgets/classroom/following.js";

/** A clock that only the test moves, with what waits for it. */
function makeClock() {
  let at = 0;
  let waiting = [];
  return {
    now: () => at,
    later(call, delay) {
      const timer = { at: at + delay, call };
      waiting.push(timer);
      return timer;
    },
    never: (timer) => (waiting = waiting.filter((one) => one !== timer)),
    pass(milliseconds) {
      at += milliseconds;
      const due = waiting.filter((one) => one.at <= at);
      waiting = waiting.filter((one) => one.at > at);
      for (const { call } of due) call();
    },
  };
}

function makeFollower() {
  const clock = makeClock();
  const applied = [];
  let lettings = 0;
  const page = follower(
    (state) => applied.push(state),
    () => lettings++,
    clock,
  );
  return { clock, applied, page, lettings: () => lettings };
}

test("one state is under way; the newest follows, those between are left out", () => {
  const { applied, page } = makeFollower();
  for (const state of ["a", "b", "c"]) page.teacherShows(state);
  assert.deepEqual(applied, ["a"]);
  page.inPlace(1);
  assert.deepEqual(applied, ["a", "c"]);
  page.inPlace(1); // late
  page.inPlace(2);
  page.teacherShows("c");
  page.teacherShows("");
  assert.deepEqual(applied, ["a", "c"]);
});

test("what the teacher's state changes is not the visitor's doing", () => {
  const { clock, page, lettings } = makeFollower();
  page.teacherShows("a");
  page.pageChanged();
  page.inPlace(1);
  page.pageChanged();
  clock.pass(5000);
  page.pageChanged();
  assert.equal(lettings(), 0);
  assert.equal(page.follows, true);
});

test("the visitor's own change lets go, and a touch that changes nothing does not", () => {
  const { clock, applied, page, lettings } = makeFollower();
  page.teacherShows("a");
  page.inPlace(1);
  clock.pass(100);
  page.touch();
  page.teacherShows("b");
  assert.deepEqual(applied, ["a"]); // the page is left alone for a moment
  clock.pass(1500);
  assert.deepEqual(applied, ["a", "b"]);
  page.inPlace(2);
  page.touch();
  clock.pass(50);
  page.touch();
  page.teacherShows("c");
  page.pageChanged();
  assert.equal(lettings(), 1);
  clock.pass(5000);
  page.teacherShows("d");
  assert.deepEqual(applied, ["a", "b"]);
  page.again();
  assert.deepEqual(applied, ["a", "b", "d"]);
});

test("letting go and following again comes back to where the teacher is", () => {
  const { applied, page } = makeFollower();
  page.teacherShows("a");
  page.inPlace(1);
  page.stop();
  page.teacherShows("b");
  assert.deepEqual(applied, ["a"]);
  page.again();
  page.inPlace(2);
  page.stop();
  page.again();
  assert.deepEqual(applied, ["a", "b", "b"]);
});

test("of many states the newest is told, the first at once and the last for certain", () => {
  const clock = makeClock();
  const told = [];
  const tell = teller((state) => told.push(state), clock);
  for (let i = 0; i < 100; i++) {
    tell.show(i);
    clock.pass(10);
  }
  clock.pass(1000);
  assert.equal(told.at(-1), 99);
  assert.ok(told.length <= 7, String(told));
  tell.show(100);
  tell.stop();
  clock.pass(1000);
  assert.equal(told.at(-1), 99);
});
