// Record a canvas as a video.

const FRAMES_A_SECOND = 30;
/** @type {[string, string, string[]][]} */
const KINDS = [
  ["webm", "WebM", ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"]],
  ["mp4", "MP4", ["video/mp4;codecs=avc1.42E01E", "video/mp4;codecs=avc1", "video/mp4;codecs=vp9"]],
];

/** What this browser can record: [file ending, name, type] each. */
export function recordable() {
  if (!window.MediaRecorder) return [];
  return KINDS.flatMap(([ending, name, types]) => {
    const type = types.find((each) => MediaRecorder.isTypeSupported(each));
    return type ? [[ending, name, type]] : [];
  });
}

/** Begin to record; returns a function that ends it and resolves with the pieces of the file.
 *  Throws where the browser cannot after all. */
export function recordCanvas(canvas, type) {
  const stream = canvas.captureStream(FRAMES_A_SECOND);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 5_000_000 });
  const pieces = [];
  recorder.addEventListener("dataavailable", ({ data }) => data.size && pieces.push(data));
  recorder.start(1000);
  return () =>
    new Promise((resolve) => {
      recorder.addEventListener("stop", () => {
        for (const track of stream.getTracks()) track.stop();
        resolve(pieces);
      });
      recorder.stop();
    });
}
