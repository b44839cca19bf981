"use strict";
/* What is to be said of a card, below it, and of the deck: problems, and what has changed. */

/** What a problem may be, the worst first. */
const SEVERITIES = ["error", "warning", "hint"];
const WORDS = { error: "Error", warning: "Warning", hint: "Hint" };

/** Return a problem as an element. */
function makeProblem(problem, onShow) {
  const { severity, message, place, frame, open, count, card } = problem;
  const where = element("p", { class: "where" },
    open ? element("a", { href: open }, place) : element("span", {}, place),
    element("button", { type: "button", "data-copy": place, "aria-label": `Copy ${place}` }, "Copy"),
    card && onShow ? element("button", { type: "button", "data-card": card }, "Show card") : null);
  return element(onShow ? "li" : "div", { class: `problem ${severity}` },
    element("p", {},
      element("strong", {}, WORDS[severity] ?? severity), " ", message,
      count > 1 ? element("span", { class: "count" }, ` (${count} times)`) : null),
    where,
    frame ? element("pre", { tabindex: 0 }, frame) : null);
}

/** Return what has changed on a card, word by word. */
function makeDifference(row, difference, released) {
  if (row.changed === "new") return element("p", { class: "note" }, `New since ${released}.`);
  if (!row.changed || !difference) return null;
  const names = { ins: "ins", del: "del", same: "span" };
  const fields = difference.map(({ field, parts }) => element("div", { dir: "auto" },
    element("p", { class: "field" }, field),
    element("p", {}, ...parts.map(([kind, text]) => element(names[kind] ?? "span", {}, text)))));
  return element("details", { class: "difference" },
    element("summary", {}, `Changed since ${released}`), ...fields);
}

/** The lines below a card. They are written anew only if something else is to be said. */
class AboutCard {
  constructor() {
    this.box = byId("about");
  }

  show({ row, problems, difference, released, broken, errors }) {
    const said = JSON.stringify([row.key, row.old, row.changed, problems, difference, released, broken, errors]);
    if (said === this.said) return;
    this.said = said;
    const isOpen = this.box.querySelector(".difference")?.open ?? false;
    const made = makeDifference(row, difference, released);
    if (made?.matches("details")) made.open = isOpen;
    const parts = [
      broken ? element("p", { class: "note stale" }, `All cards are as they were before: ${broken}`) : null,
      row.old && !broken ? element("p", { class: "note stale" }, "This card is as it was before: its file has an error.") : null,
      ...problems.map(problem => makeProblem(problem)),
      ...errors.map(text => element("p", { class: "note" }, text)),
      made,
    ].filter(part => part !== null);
    this.box.replaceChildren(...parts);
    this.box.hidden = parts.length === 0;
  }

  /** Open or close what has changed. */
  toggleDifference() {
    const made = this.box.querySelector(".difference");
    if (made) made.open = !made.open;
  }
}

/** The list of problems, folded: the worst of them if there are many. */
class ProblemList {
  constructor() {
    this.box = byId("problems");
  }

  show(problems, counts) {
    const said = JSON.stringify([problems, counts]);
    if (said === this.said) return;
    this.said = said;
    const items = problems.map(problem => makeProblem(problem, true));
    const more = SEVERITIES.reduce((sum, each) => sum + (counts[each] ?? 0), -items.length);
    if (more > 0) items.push(element("li", {}, `And ${counted(more, "more problem")}.`));
    this.box.querySelector("ol").replaceChildren(...items);
    setText(this.box.querySelector("summary"), summaryOf(counts));
    this.box.dataset.worst = SEVERITIES.find(each => counts[each]) ?? "none";
  }
}

/** Return how many problems there are of each severity, in words. */
const summaryOf = counts => SEVERITIES.filter(each => counts[each])
  .map(each => counted(counts[each], each)).join(", ") || "No problems";
