import { element } from "./dom.js";

/** Hand pieces of data to the visitor as a file to keep. */
export function saveFile(name, pieces, type = "application/octet-stream") {
  const address = URL.createObjectURL(new Blob(pieces, { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
