// A lesson's worksheet with a visitor's answers in it.

/** @param {string} page the worksheet, as lrp_widgets/lessons/worksheet.py makes it
 *  @param {string} name
 *  @param {Record<string, { given: string, tried: string[], right: boolean }>} answers
 *  @returns {string} the whole document */
export function filledIn(page, name, answers) {
  const sheet = new DOMParser().parseFromString(page, "text/html");
  if (name) sheet.querySelector("[data-name]").textContent = name;
  sheet.querySelector("[data-date]").textContent = new Date().toLocaleDateString();
  for (const section of sheet.querySelectorAll("[data-question]")) {
    const answer = answers[section.getAttribute("data-question")];
    if (answer) fill(section, answer);
  }
  return `<!DOCTYPE html>\n${sheet.documentElement.outerHTML}`;
}

function fill(section, { given, tried, right }) {
  section.querySelector("[data-room]")?.remove(); // nothing is calculated by hand any more
  for (const selector of ["[data-given]", "[data-code]"]) {
    const place = section.querySelector(selector);
    if (place) place.textContent = given;
  }
  const box = [...section.querySelectorAll("[data-option]")].find(
    (each) => each.getAttribute("data-option") === given,
  );
  if (box) box.textContent = "×";
  const tries = tried.length === 1 ? "1 answer" : `${tried.length} answers`;
  section.querySelector(".verdict").textContent = `${right ? "✓ Right" : "✗ Not right"}, ${tries}.`;
}
