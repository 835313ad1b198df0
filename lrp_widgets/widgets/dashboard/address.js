// The page's address says what the page shows: reload, Back, Forward and bookmarks come back to it.

import { rememberDashboard } from "../shared/neighbours.js";
import { pageOf, underVoila } from "../shared/notebook_links.js";

const BETWEEN = 400; // milliseconds; browsers refuse more than 100 to 200 changes in 30 s
const REFUSED = 5000; // milliseconds, once one was refused
const OF_SERVERS = /^(token|_xsrf|voila-.*)$/;
const SECRET = /^(token|_xsrf)$/;

/** What servers have put into the address stays in it, but their secrets go into no link. */
function withServers(query, secrets) {
  const theirs = window.location.search
    .slice(1)
    .split("&")
    .filter((part) => {
      const [name] = part.split("=");
      return OF_SERVERS.test(name) && (secrets || !SECRET.test(name));
    });
  const all = [query, ...theirs].filter(Boolean).join("&");
  return all && `?${all}`;
}

/** The address that a person passes on; `notebook`: its path where the page's address names none. */
export function linkTo(query, notebook) {
  const search = underVoila() ? withServers(query, false) : query && `?${query}`;
  return window.location.origin + pageOf(notebook) + search;
}

/** Keep the address true; `goBack(query)` is called when a person goes back or forward.
 *
 *  Elsewhere than under Voilà the address is JupyterLab's, and is left alone. */
export function pageAddress(goBack) {
  if (!underVoila()) return { replace() {}, push() {}, close() {} };
  let search = window.location.search; // as it was left
  let next = null; // the query that waits to be written
  let waiting = 0;
  let written = -BETWEEN; // when that was done last

  function write(query, how) {
    const { pathname, hash } = window.location;
    search = withServers(query, true);
    try {
      history[how](history.state, "", pathname + search + hash);
    } catch {} // Safari's way to refuse; Chromium's is to do nothing
    written = performance.now();
    rememberDashboard(linkTo(query));
    return window.location.search === search;
  }

  function flush() {
    clearTimeout(waiting);
    waiting = 0;
    if (next === null) return;
    if (write(next, "replaceState")) next = null;
    else waiting = setTimeout(flush, REFUSED);
  }

  function onPopState() {
    const query = window.location.search;
    if (query === search) return; // another place in the same page
    clearTimeout(waiting);
    [search, next, waiting] = [query, null, 0];
    goBack(query);
  }
  window.addEventListener("popstate", onPopState);

  return {
    /** The page shows something else. Sliders do that often: the last one counts. */
    replace(query) {
      next = query;
      waiting ||= setTimeout(flush, Math.max(0, written + BETWEEN - performance.now()));
    },
    /** The page shows another view: Back leads to the one before. */
    push(query) {
      flush();
      write(query, "pushState");
    },
    close() {
      flush();
      window.removeEventListener("popstate", onPopState);
    },
  };
}
