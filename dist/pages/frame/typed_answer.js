"use strict";
/* What Anki shows of a typed answer: `compare_answer` of its rslib/src/typeanswer.rs. Runs are found
   as by Python's difflib, but that no character of a long answer is passed over. */

/** Return text as HTML, with the characters that Anki escapes. */
function escapeText(text) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };
  return text.replace(/[&<>"']/g, character => names[character]);
}

/** Return where each character stands in a text. */
function placesIn(characters) {
  const places = new Map();
  characters.forEach((character, at) => {
    if (!places.has(character)) places.set(character, []);
    places.get(character).push(at);
  });
  return places;
}

/** Return the longest run that two texts share within bounds: the first of those of a length. */
function longestRun(one, other, places, [from, to, otherFrom, otherTo]) {
  let best = [from, otherFrom, 0], lengths = new Map();
  for (let at = from; at < to; at++) {
    const next = new Map();
    for (const place of places.get(one[at]) ?? []) {
      if (place < otherFrom) continue;
      if (place >= otherTo) break;
      const length = (lengths.get(place - 1) ?? 0) + 1;
      next.set(place, length);
      if (length > best[2]) best = [at - length + 1, place - length + 1, length];
    }
    lengths = next;
  }
  return extend(one, other, best, [from, to, otherFrom, otherTo]);
}

/** Lengthen a run by what is equal before and behind it. */
function extend(one, other, [start, otherStart, length], [from, to, otherFrom, otherTo]) {
  while (start > from && otherStart > otherFrom && one[start - 1] === other[otherStart - 1]) {
    start--; otherStart--; length++;
  }
  while (start + length < to && otherStart + length < otherTo && one[start + length] === other[otherStart + length]) length++;
  return [start, otherStart, length];
}

/** Return all runs that two texts share, in order; those that touch are one. */
function sharedRuns(one, other) {
  const places = placesIn(other), runs = [], queue = [[0, one.length, 0, other.length]];
  while (queue.length) {
    const bounds = queue.pop(), [from, to, otherFrom, otherTo] = bounds;
    const run = longestRun(one, other, places, bounds), [start, otherStart, length] = run;
    if (!length) continue;
    runs.push(run);
    if (from < start && otherFrom < otherStart) queue.push([from, start, otherFrom, otherStart]);
    if (start + length < to && otherStart + length < otherTo) queue.push([start + length, to, otherStart + length, otherTo]);
  }
  runs.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return [...joined(runs), [one.length, other.length, 0]];
}

function joined(runs) {
  const result = [];
  for (const [start, otherStart, length] of runs) {
    const last = result.at(-1);
    if (last && last[0] + last[2] === start && last[1] + last[2] === otherStart) last[2] += length;
    else result.push([start, otherStart, length]);
  }
  return result;
}

/** Return the parts of what was typed and of what was expected, each with its class. */
function comparedParts(typed, expected) {
  const typedParts = [], expectedParts = [];
  let at = 0, place = 0;
  for (const [start, otherStart, length] of sharedRuns(typed, expected)) {
    const bad = typed.slice(at, start), missed = expected.slice(place, otherStart);
    if (bad.length) typedParts.push(["typeBad", bad]);
    else if (missed.length) typedParts.push(["typeMissed", missed.map(() => "-")]);
    if (missed.length) expectedParts.push(["typeMissed", missed]);
    if (length) {
      typedParts.push(["typeGood", typed.slice(start, start + length)]);
      expectedParts.push(["typeGood", expected.slice(otherStart, otherStart + length)]);
    }
    at = start + length;
    place = otherStart + length;
  }
  return [typedParts, expectedParts];
}

/** Return parts as HTML; a mark at the beginning of a part does not join the part before. */
const partsHtml = parts => parts.map(([name, characters]) => {
  const text = characters.join("");
  return `<span class=${name}>${escapeText(/^\p{M}/u.test(text) ? `\u00a0${text}` : text)}</span>`;
}).join("");

/** Return what was expected with its marks, which were not compared. */
function partsWithMarks(parts, split) {
  let at = 0;
  return parts.map(([name, characters]) => {
    const text = split.slice(at, at += characters.length).join("");
    return `<span class=${name}>${escapeText(text)}</span>`;
  }).join("");
}

/** Return each character with the marks that follow it, taken apart. */
function splitMarks(text) {
  const split = [];
  for (const character of text.normalize("NFKD")) {
    if (!/\p{M}/u.test(character)) split.push(character);
    else if (split.length) split[split.length - 1] += character;
  }
  return split;
}

/** Return the HTML that Anki shows of a typed answer; `combining` is false for `type:nc:`. */
function compareAnswer(expected, typed, combining = true) {
  return `<code id=typeans>${comparedHtml(expected, typed, combining)}</code>`;
}

function comparedHtml(expected, typed, combining) {
  if (!typed) return escapeText(expected);
  const split = splitMarks(expected);
  const wanted = combining ? [...expected.normalize("NFC")] : split.map(each => [...each][0]);
  const given = combining ? [...typed.normalize("NFC")] : splitMarks(typed).map(each => [...each][0]);
  if (wanted.join("") === given.join("")) {
    return `<span class=typeGood>${escapeText(combining ? wanted.join("") : expected)}</span>`;
  }
  const [typedParts, expectedParts] = comparedParts(given, wanted);
  const below = combining ? partsHtml(expectedParts) : partsWithMarks(expectedParts, split);
  return `${partsHtml(typedParts)}<br><span id=typearrow>&darr;</span><br>${below}`;
}
