"use strict";
/* The deck as the page knows it: rows of cards in order, their sides, and the problems. */

/** Cards whose sides are kept; those looked at longest ago go first. */
const MOST_SIDES = 300;
/** Cards after the one in hand whose sides are read with it. */
const AHEAD = 3;

class Deck {
  constructor(source) {
    this.source = source;
    this.about = { name: "", types: [], generation: -1 };
    this.rows = new Map();
    this.problems = [];
    this.counts = {};
    this.kept = new Map();
    this.asked = new Map();
  }

  /** Take a whole deck. */
  replace(deck) {
    const { cards, problems, counts, ...about } = deck;
    this.about = about;
    this.rows = new Map(cards.map(row => [row.key, row]));
    Object.assign(this, { problems, counts });
    this.forgetAll();
  }

  /** Take what is other now. Return whether it is news: an old change is passed over. */
  merge({ generation, cards = [], order, problems, counts, sides = {}, types, anew, ...about }) {
    if (generation < this.about.generation) return false;
    this.about = { ...this.about, ...about, generation, types: types ?? this.about.types };
    if (anew) this.forgetAll();
    for (const row of cards) {
      this.rows.set(row.key, row);
      this.forget(row.key);
    }
    if (order) this.reorder(order);
    if (problems) Object.assign(this, { problems, counts });
    for (const [key, card] of Object.entries(sides)) this.keep(key, card);
    return true;
  }

  reorder(order) {
    const known = order.filter(key => this.rows.has(key));
    this.rows = new Map(known.map(key => [key, this.rows.get(key)]));
  }

  forget(key) {
    this.kept.delete(key);
    this.asked.delete(key);
  }

  forgetAll() {
    this.kept.clear();
    this.asked.clear();
  }

  keep(key, card) {
    this.forget(key);
    this.kept.set(key, card);
    if (this.kept.size > MOST_SIDES) this.kept.delete(this.kept.keys().next().value);
  }

  /** Return the sides of a card if they are here. */
  sides(key) {
    return this.kept.get(key);
  }

  /** Read the sides of a card, and of those that are likely to be looked at next. */
  async read(key, order) {
    const at = order.indexOf(key);
    const near = at < 0 ? [] : [...order.slice(at + 1, at + 1 + AHEAD), ...order.slice(Math.max(at - 1, 0), at)];
    const wanted = [key, ...near].filter(
      each => this.rows.has(each) && !this.kept.has(each) && !this.asked.has(each));
    if (wanted.length) {
      const request = {};
      for (const each of wanted) this.asked.set(each, request);
      request.done = this.receive(wanted, request);
    }
    await this.asked.get(key)?.done;
  }

  async receive(keys, request) {
    const rows = keys.map(key => this.rows.get(key));
    const sides = await this.source.sides(rows).catch(() => ({}));
    for (const key of keys) {
      if (this.asked.get(key) !== request) continue; // it has changed meanwhile
      this.asked.delete(key);
      if (sides[key]) this.keep(key, sides[key]);
    }
  }
}
