/** Copy text; whether that worked. The clipboard answers only to a person's click. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // refused, or no clipboard at all on plain http
  }
}
