// Views that wait for predictions, on a lesson's page: what `Covered` does in a kernel.

/** Answers a cover's "Show anyway". */
export class Uncovers {
  has(message) {
    return message.type === "show";
  }

  answer(_message, model) {
    model.set("waiting", []);
  }
}

/** Uncover views once what they answer is predicted.
 *
 *  `covers`: {id of a cover: the predictions that it waits for}; `opened()` is called whenever one
 *  has opened. */
export function connectCovers(models, covers, opened) {
  for (const id of Object.keys(covers)) {
    const cover = models.get(id);
    cover.on("change:waiting", () => {
      if (cover.get("waiting").length) return;
      for (const each of document.querySelectorAll(`[data-covered="${id}"]`))
        each.removeAttribute("hidden");
      opened();
    });
  }
  for (const model of models.values()) {
    model.on("change:verdict", () => {
      if (!model.get("kept") || !model.get("verdict").understood) return;
      for (const id of Object.keys(covers)) {
        const cover = models.get(id);
        const left = cover.get("waiting").filter((name) => name !== model.get("name"));
        cover.set("waiting", left);
      }
    });
  }
}
