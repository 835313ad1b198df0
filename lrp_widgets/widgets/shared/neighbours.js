// The dashboard and the lessons stand in tabs beside each other, and lead to each other as they were
// left: a tab that is still there is shown, and not loaded anew.

import { element } from "./dom.js";
import { serverBase, siblingPage, underVoila } from "./notebook_links.js";

const LESSONS = "lrp-lessons"; // the tab's name
const DASHBOARD = "lrp-dashboard"; // the beginning of one; there may be several

const key = () => `lrp-widgets dashboard at ${serverBase()}`;

/** Note where the dashboard stands, for the lessons of this server. */
export function rememberDashboard(address) {
  window.name ||= `${DASHBOARD}-${Math.random().toString(36).slice(2)}`;
  try {
    localStorage.setItem(key(), address);
  } catch {} // a browser that keeps nothing
}

function dashboardAddress() {
  try {
    return localStorage.getItem(key()) ?? siblingPage("dashboard.ipynb");
  } catch {
    return siblingPage("dashboard.ipynb");
  }
}

/** A link to the lessons, in a tab of their own. */
export function lessonsLink(attributes, words) {
  const link = element(
    "a",
    { ...attributes, href: siblingPage("index.ipynb"), target: LESSONS },
    words,
  );
  link.addEventListener("click", (event) => showInstead(event, LESSONS, link.href));
  return link;
}

/** A link to the dashboard as it was left, in the tab that it is in, if it is there. */
export function dashboardLink(words) {
  const link = element("a", { target: underVoila() ? undefined : "_blank" }, words);
  const renew = () => (link.href = dashboardAddress());
  for (const event of ["pointerenter", "focus", "click"]) link.addEventListener(event, renew);
  link.addEventListener("click", (event) => {
    const name = dashboardTab();
    if (name) showInstead(event, name, link.href);
  });
  renew();
  return link;
}

/** The name of the tab that this one was opened from, if the dashboard is still there. */
function dashboardTab() {
  try {
    const { closed, name, document } = window.opener;
    return !closed && name.startsWith(DASHBOARD) && document.querySelector(".lrp-dashboard")
      ? name
      : "";
  } catch {
    return ""; // none, or it has gone to another site
  }
}

function showInstead(event, name, address) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const tab = window.open("", name); // the one that is there, or a blank one
  if (!tab) return; // refused: the link does what links do
  event.preventDefault();
  try {
    if (tab.location.href !== "about:blank") return tab.focus();
  } catch {} // it has gone to another site
  tab.location.href = address;
}
