"use strict";
/* Elements of the page. Text from a deck becomes text here, and never HTML. */

/** Return the element of the page with this id. */
const byId = id => document.getElementById(id);

/** Return a new element with attributes (those that are null are left out) and children. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(attribute, value);
  }
  made.append(...children.filter(child => child !== null));
  return made;
}

/** Give an element this text, if it has another one. */
function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Return "1 card" or "12 cards", with the digits of large numbers in groups. */
const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
