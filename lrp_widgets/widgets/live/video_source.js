// A video in place of the camera: sent to the kernel in pieces, and asked for frame by frame.

const inMegabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** The video that is open, if any. `told`: progress(text, done) while it is sent, ready() once it
 *  can be shown, refused(sentence), due() when its next frame should be asked for, and ended(). */
export function videoSource(model, told) {
  let file = null; // that is being sent
  let video = null; // {name, duration} of the one that is open
  let at = 0; // the video's time when the clock was last set
  let since = 0; // when that was
  let playing = false;
  let wanted = null; // a time that was jumped to and is not shown yet
  let next = 0; // when the frame after the shown one is due; null after the last
  let asking = 0;
  const everyFrame = { on: false };

  const now = () => {
    const time = playing && !everyFrame.on ? at + (performance.now() - since) / 1000 : at;
    return video?.duration ? Math.min(time, video.duration) : time;
  };
  const setClock = (time) => {
    at = time;
    since = performance.now();
  };

  function open(chosen, largest) {
    close();
    if (chosen.size > largest) {
      return told.refused(
        `${chosen.name} has ${inMegabytes(chosen.size)}; videos of up to ${inMegabytes(largest)} are taken.`,
      );
    }
    if (!chosen.size) return told.refused(`${chosen.name} is empty.`);
    file = chosen;
    told.progress(`Sending ${file.name}`, 0);
    model.send({ type: "video-begin", name: file.name, size: file.size });
  }

  async function sendPiece(received, size) {
    const mine = file;
    told.progress(
      `Sending ${mine.name}, ${inMegabytes(received)} of ${inMegabytes(mine.size)}`,
      received / mine.size,
    );
    let piece;
    try {
      piece = await mine.slice(received, received + size).arrayBuffer();
    } catch {
      if (mine !== file) return;
      close();
      return told.refused(`${mine.name} cannot be read any more; open it again.`);
    }
    if (mine === file) model.send({ type: "video-piece" }, undefined, [piece]);
  }

  function receive(message) {
    if (message.type === "video-more" && file) sendPiece(message.received, message.piece);
    else if (message.type === "video-ready" && file) {
      video = { name: file.name, duration: message.duration };
      file = null;
      next = 0;
      wanted = 0;
      told.progress("", -1);
      told.ready();
    } else if (message.type === "video-refused") {
      file = null;
      video = null;
      told.progress("", -1);
      told.refused(message.sentence);
    }
  }

  function watch() {
    asking = requestAnimationFrame(watch);
    if (wanted !== null || (playing && (everyFrame.on || now() >= next))) told.due();
  }

  function play() {
    if (next === null) goTo(0);
    setClock(at);
    playing = true;
    if (!asking) watch();
  }

  function pause() {
    setClock(now());
    playing = false;
  }

  function goTo(time) {
    setClock(time);
    wanted = time;
    next = time;
    if (!asking) watch();
  }

  function close() {
    if (video || file) model.send({ type: "video-close" });
    if (file) told.progress("", -1);
    file = video = wanted = null;
    playing = false;
    at = 0;
    cancelAnimationFrame(asking);
    asking = 0;
  }

  return {
    open,
    receive,
    play,
    pause,
    goTo,
    close,
    everyFrame,
    get current() {
      return video;
    },
    get busy() {
      return Boolean(file);
    },
    get playing() {
      return playing;
    },
    get time() {
      return now();
    },
    /** Whether a frame is wanted although the video stands still. */
    get jumped() {
      return wanted !== null;
    },
    /** The time of the frame to ask the kernel for; null: the one after the last. */
    ask() {
      if (wanted === null && everyFrame.on) return null;
      const time = wanted ?? now();
      wanted = null;
      return time;
    },
    /** The frame at `time` is shown, and the one after it due at `following`. */
    shown(time, following) {
      next = following;
      if (everyFrame.on || !playing) setClock(time);
      if (following !== null || wanted !== null) return;
      setClock(time);
      playing = false;
      told.ended();
    },
  };
}
