// What a server adds to the address, and what a teacher's link takes away, stays in it.
const KEPT = /^(token|_xsrf|voila-.*|hide|lock)$/;

/** Keep the open page's number in the address bar, so that a reload comes back to it. */
export function addressOfPage() {
  const ours = document.body.dataset.voila !== undefined; // elsewhere the address is the notebook's
  const before = window.location.search;
  let kept = new URLSearchParams(before).has("tour");
  return (number) => {
    if (!ours || (!number && !kept)) return;
    kept = Boolean(number);
    const query = new URLSearchParams(before);
    if (number) for (const name of [...query.keys()]) KEPT.test(name) || query.delete(name);
    if (number) query.set("tour", number);
    else query.delete("tour");
    const text = String(query);
    history.replaceState(history.state, "", window.location.pathname + (text && `?${text}`) + window.location.hash);
  };
}
