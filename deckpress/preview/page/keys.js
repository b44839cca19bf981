"use strict";
/* What each key does; the help is made of the same table. */

const KEYS = [
  { keys: [" ", "Enter"], shown: "Space Enter", action: "flip", does: "turn the card over" },
  { keys: ["n", "ArrowRight"], shown: "n →", action: "next", does: "next card" },
  { keys: ["p", "ArrowLeft"], shown: "p ←", action: "previous", does: "previous card" },
  { keys: ["t"], shown: "t", action: "theme", does: "day, night, or both" },
  { keys: ["w"], shown: "w", action: "width", does: "desktop, phone, or both" },
  { keys: ["/"], shown: "/", action: "find", does: "find cards" },
  { keys: ["l"], shown: "l", action: "list", does: "go to the list of cards" },
  { keys: ["a"], shown: "a", action: "answer", does: "write the answer of a typed card" },
  { keys: ["r"], shown: "r", action: "play", does: "play the sounds of the card" },
  { keys: ["o"], shown: "o", action: "open", does: "open the card's source in the editor" },
  { keys: ["c"], shown: "c", action: "copy", does: "copy the place of the card's source" },
  { keys: ["d"], shown: "d", action: "difference", does: "what has changed since the release" },
  { keys: ["x"], shown: "x", action: "problems", does: "all problems" },
  { keys: ["Escape"], shown: "Esc", action: "leave", does: "leave the box, or close what is open" },
  { keys: ["?"], shown: "?", action: "help", does: "these keys" },
];
const WRITTEN_IN = "input:not([type=checkbox]), textarea";
const PRESSED = "button, summary, a[href], select, input";

/** Return what a key does, or undefined. */
const actionOf = key => KEYS.find(each => each.keys.includes(key))?.action;

/** Return what the key of an event does where the focus is: what is written in a box is text, and
    Space presses a button. */
function actionAt(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return undefined;
  const action = actionOf(event.key);
  if (event.target.closest(WRITTEN_IN)) return action === "leave" ? action : undefined;
  if (event.target.closest(PRESSED) && (action === "flip" || event.target.closest("select"))) return undefined;
  return action;
}

/** Write the table of keys into the help. */
function writeHelp() {
  const rows = KEYS.map(({ shown, does }) => element("tr", {},
    element("th", { scope: "row" }, ...shown.split(" ").map(key => element("kbd", {}, key))),
    element("td", {}, does)));
  byId("help").querySelector("tbody").replaceChildren(...rows);
}
