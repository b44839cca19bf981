"use strict";
/* Which cards are listed: those that have all words in them and pass each filter. */

/** What is looked through of each row, made when it is first looked through. */
const lookedThrough = new WeakMap();

function textOf(row) {
  if (!lookedThrough.has(row)) {
    lookedThrough.set(row, `${row.title}\n${row.text}\n${row.id}`.toLowerCase());
  }
  return lookedThrough.get(row);
}

/** Say whether a tag is this one or below it: `a::b` is below `a`. */
const isBelow = (tag, wanted) => tag === wanted || tag.startsWith(`${wanted}::`);

/** Say whether a row is wanted. */
function isWanted(row, { words, tag, file, kind, changed, troubled }) {
  return (!tag || row.tags.some(each => isBelow(each, tag)))
    && (!file || row.file === file)
    && (!kind || row.kind === kind)
    && (!changed || row.changed !== null)
    && (!troubled || row.severity !== null)
    && words.every(word => textOf(row).includes(word));
}

/** Return all tags of rows, with those above them. */
function allTags(rows) {
  const own = new Set(), tags = new Set();
  for (const row of rows) for (const tag of row.tags) own.add(tag);
  for (const tag of own) {
    const parts = tag.split("::");
    for (let count = 1; count <= parts.length; count++) tags.add(parts.slice(0, count).join("::"));
  }
  return [...tags].sort();
}

/** The box to find by words, and the filters. */
class Finder {
  /** `onChange` is called when other cards are wanted, `onEnter` to show the first of them. */
  constructor(onChange, onEnter) {
    this.form = byId("finder");
    this.form.addEventListener("input", onChange);
    this.form.addEventListener("reset", () => setTimeout(onChange)); // when all is reset
    this.form.addEventListener("submit", event => {
      event.preventDefault();
      onEnter();
    });
    this.options = new Map();
  }

  /** Offer the tags, files and kinds that a deck has; what is chosen stays chosen. */
  offer(rows, released) {
    this.fill("tag", "All tags", allTags(rows));
    this.fill("file", "All files", [...new Set(rows.map(row => row.file))]);
    this.fill("kind", "All kinds", [...new Set(rows.map(row => row.kind))].sort());
    byId("changed").closest("label").hidden = released === null;
    setText(byId("changed-label"), `Changed since ${released}`);
  }

  fill(id, all, values) {
    const select = byId(id), chosen = select.value;
    const listed = !chosen || values.includes(chosen) ? values : [...values, chosen];
    const known = listed.join("\n");
    if (this.options.get(id) === known) return;
    this.options.set(id, known);
    const options = listed.map(value => element("option", { value }, value));
    select.replaceChildren(element("option", { value: "" }, all), ...options);
    select.value = chosen;
  }

  /** Return the rows that are wanted. */
  choose(rows) {
    const wanted = {
      words: byId("find").value.toLowerCase().split(/\s+/).filter(Boolean),
      tag: byId("tag").value,
      file: byId("file").value,
      kind: byId("kind").value,
      changed: byId("changed").checked && !byId("changed").closest("label").hidden,
      troubled: byId("troubled").checked,
    };
    return rows.filter(row => isWanted(row, wanted));
  }
}
