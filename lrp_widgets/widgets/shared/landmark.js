import { underVoila } from "./notebook_links.js";

/** Under Voilà the page is ours alone: tell screen readers where its content is. */
export function markMain() {
  if (underVoila()) document.getElementById("rendered_cells")?.setAttribute("role", "main");
}
