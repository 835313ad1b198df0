// What a class reads, and the table that a teacher keeps.

export const letter = (choice) => String.fromCharCode(65 + choice);

/** "B, “bias”" */
export const named = ({ choices }, choice) => `${letter(choice)}, “${choices[choice]}”`;

/** One line on where a page is with its question: what it said, and what is right. */
export function standing({ mine, answer, revealed, choices }, counts) {
  const said = mine === null ? "" : `You said ${named({ choices }, mine)}`;
  if (!revealed) return said && `${said}.`;
  if (answer === null) return said ? `${said}.` : "The question is over.";
  const all = counts?.reduce((sum, count) => sum + count, 0);
  const many = all ? `: ${counts[answer]} of ${all} said so` : "";
  if (mine === answer) return `${said}, and that is right${many}.`;
  return `Right is ${named({ choices }, answer)}${many}. ${said && `${said}.`}`.trim();
}

/** The counts as a table for a spreadsheet: a line for each choice of each question. */
export function resultsCsv(results) {
  const rows = [["question", "text", "choice", "words", "right", "answers"]];
  results.forEach(({ text, choices, answer, counts }, i) => {
    choices.forEach((words, choice) => {
      const right = answer === null ? "" : Number(choice === answer);
      rows.push([i + 1, text, letter(choice), words, right, counts[choice]]);
    });
  });
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** A spreadsheet takes what begins with one of these for a formula. */
function cell(value) {
  const text = String(value).replace(/^(?=[=+\-@])/, "'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The part of a link that asks a question; `answer` is null where none is right. */
export function askInLink({ text, choices, answer }) {
  const plain = (words) => words.replaceAll("|", "/");
  const ask = encodeURIComponent([text, ...choices].map(plain).join("|"));
  return `ask=${ask}${answer === null ? "" : `&answer=${answer + 1}`}`;
}

/** A page's state without its own question and room. */
export const withoutClass = (query) =>
  query
    .split("&")
    .filter((part) => !/^(ask|answer|room)=/.test(part))
    .join("&");
