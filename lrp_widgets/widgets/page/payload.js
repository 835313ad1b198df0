// What an exported page carries, read back: see payload.py.

const FLOAT = 4; // bytes

/** The content of a payload's text: JSON with a DataView wherever there are bytes.
 *
 *  @param {string} text
 *  @returns {Promise<any>} */
export async function unpack(text) {
  const inflating = new Blob([decode(text)])
    .stream()
    .pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(inflating).arrayBuffer());
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const end = FLOAT + length;
  const { pieces, content } = JSON.parse(new TextDecoder().decode(bytes.subarray(FLOAT, end)));
  let from = end;
  const stored = pieces.map((size) => {
    const piece = asItWas(bytes.subarray(from, from + size));
    from += size;
    return piece;
  });
  return revive(content, (numbers) => join(numbers.map((number) => stored[number])));
}

function decode(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i += 1) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/** Bytes that were stored by significance, as they were. */
function asItWas(piece) {
  if (piece.length % FLOAT) return piece.slice();
  const count = piece.length / FLOAT;
  const whole = new Uint8Array(piece.length);
  for (let byte = 0; byte < FLOAT; byte += 1)
    for (let i = 0; i < count; i += 1) whole[FLOAT * i + byte] = piece[count * byte + i];
  return whole;
}

function join(pieces) {
  if (pieces.length === 1) return new DataView(pieces[0].buffer);
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return new DataView(whole.buffer);
}

/** Put bytes where they are named, in place. */
function revive(value, bytesOf) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value.$bytes)) return bytesOf(value.$bytes);
  for (const key of Object.keys(value)) value[key] = revive(value[key], bytesOf);
  return value;
}
