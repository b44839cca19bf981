"use strict";
/* The list of cards. Only the rows in sight are elements, however many cards there are. */

/** Pixels of a row, as in page.css. */
const ROW = 52;
/** Rows that are ready above and below those in sight. */
const SPARE = 8;

class CardList {
  constructor(onChoose) {
    this.box = byId("list");
    this.inner = this.box.firstElementChild;
    this.rows = [];
    this.current = null;
    this.revealed = null;
    this.drawn = null;
    this.box.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.box);
    this.box.addEventListener("click", event => {
      const row = event.target.closest("[role=option]");
      if (row) onChoose(row.dataset.key);
    });
  }

  /** List these rows; where the list is scrolled to stays. */
  show(rows) {
    this.rows = rows;
    this.inner.style.height = `${rows.length * ROW}px`;
    this.drawn = null;
    this.draw();
  }

  /** Mark the card that is shown. Its row comes into sight once, and may be scrolled away. */
  select(key) {
    const at = this.rows.findIndex(row => row.key === key);
    if (key === this.current && (at < 0 || key === this.revealed)) return;
    this.current = key;
    this.revealed = at < 0 ? null : key;
    if (at >= 0) this.reveal(at * ROW);
    this.drawn = null;
    this.draw();
  }

  reveal(top) {
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop) this.box.scrollTop = top;
    if (top + ROW > scrollTop + clientHeight) this.box.scrollTop = top + ROW - clientHeight;
  }

  /** Return by how many rows a key moves while the list has the focus, or undefined. */
  stepOf(key) {
    const page = Math.max(1, Math.floor(this.box.clientHeight / ROW) - 1);
    return { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[key];
  }

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - SPARE);
    const end = Math.min(this.rows.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW) + SPARE);
    if (this.drawn === `${first} ${end}`) return;
    this.drawn = `${first} ${end}`;
    this.inner.style.setProperty("--above", `${first * ROW}px`);
    this.inner.replaceChildren(...this.rows.slice(first, end).map((row, at) => this.makeRow(row, first + at)));
    const selected = this.inner.querySelector("[aria-selected=true]");
    if (selected) this.box.setAttribute("aria-activedescendant", selected.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  makeRow(row, at) {
    const attributes = {
      role: "option", id: `row-${at}`, class: row.old ? "row old" : "row", "data-key": row.key,
      "aria-selected": row.key === this.current, "aria-setsize": this.rows.length, "aria-posinset": at + 1,
    };
    return element("div", attributes,
      element("div", { class: "title", dir: "auto" }, row.title || row.id),
      element("div", { class: "marks" }, ...marksOf(row)),
      element("div", { class: "sub" }, `${row.name} · ${row.file}:${row.line}`));
  }
}

/** Return the marks of a row: a problem, a change since the release, a card of a broken file. */
function marksOf(row) {
  const marks = [];
  if (row.severity) marks.push(element("span", { class: `mark ${row.severity}` }, row.severity));
  if (row.old) marks.push(element("span", { class: "mark stale" }, "old"));
  if (row.changed) marks.push(element("span", { class: "mark change" }, row.changed));
  return marks;
}
