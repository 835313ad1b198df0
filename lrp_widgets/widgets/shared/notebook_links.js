// Addresses of the notebooks beside this one, under Voilà and in JupyterLab.

// In JupyterLab and Notebook the page is …/lab/tree/<path>, …/doc/tree/<path> or …/notebooks/<path>.
const EDITOR =
  /^(.*?\/)(?:(?:lab|doc)(?:\/workspaces\/[^/]+)?(?:\/tree\/(.*))?|notebooks\/(.*))\/?$/;
const RENDERED = /^(.*?\/)voila\/render\/(.*)$/;

export const underVoila = () => document.body.dataset.voila !== undefined;

/** The server's base address and this notebook's path, or null where the address does not say. */
function whereWeAre() {
  const { pathname } = window.location;
  if (underVoila()) {
    const [, base, path] = RENDERED.exec(pathname) ?? [null, pathname.replace(/[^/]*$/, ""), null];
    return { base, path };
  }
  const [, base, inTree, inNotebook] = EDITOR.exec(pathname) ?? [null, "/"];
  const path = [inTree, inNotebook].find((name) => name?.endsWith(".ipynb")) ?? null;
  return { base, path };
}

/** Where this server's addresses begin: "/" or, on a hub, "/user/name/". */
export const serverBase = () => whereWeAre().base;

/** The address at which `path` (or this notebook, where the address names it) is a page. */
export function pageOf(path) {
  const here = whereWeAre();
  if (underVoila() && !here.path) return window.location.pathname;
  return `${here.base}voila/render/${here.path ?? path}`;
}

/** The address of another notebook in this one's folder, as a page or in the editor. */
export function siblingPage(name, folder = "notebooks") {
  const { base, path } = whereWeAre();
  // Served alone, this notebook is the root, and its folder is what Voilà renders.
  const beside = path ? path.replace(/[^/]*$/, "") : underVoila() ? "" : `${folder}/`;
  return `${base}voila/render/${beside}${name}`;
}

export function siblingInLab(name, folder = "notebooks") {
  const { base, path } = whereWeAre();
  const beside = path ? path.replace(/[^/]*$/, "") : `${folder}/`;
  return `${base}lab/tree/${beside}${name}`;
}

/** Whether JupyterLab stands beside this page: a page that is served alone has none. */
export const labBeside = () =>
  !underVoila() || window.location.pathname.includes("/voila/render/notebooks/");
