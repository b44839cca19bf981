"use strict";
/* Where the deck comes from: a server that follows the author's files, or files beside this page.
   A source calls `takeDeck` (all of it), `takeChange` (what is other now) and `setConnected`. */

/** Milliseconds until a deck that could not be read is asked for again. */
const PATIENCE = 1000;

/** The server of `preview`: it pushes each change. */
class LiveSource {
  /** The events are opened before the deck is read, so that no change falls between the two. */
  start(listener) {
    this.listener = listener;
    new SharedWorker("events.js").port.onmessage = ({ data: { type, data } }) => {
      if (type === "open") this.load();
      if (type === "lost") listener.setConnected(false);
      if (type === "change") this.change(JSON.parse(data));
    };
  }

  load() {
    this.loaded = this.read().catch(() => {
      this.listener.setConnected(false);
      setTimeout(() => this.load(), PATIENCE);
    });
  }

  async read() {
    const deck = await (await fetch("deck.json")).json();
    this.listener.setConnected(true);
    this.listener.takeDeck(deck);
  }

  async change(change) {
    await this.loaded;
    this.listener.takeChange(change);
  }

  /** Return the sides of the cards of these rows, by their keys. */
  async sides(rows) {
    const keys = rows.map(row => encodeURIComponent(row.key)).join(",");
    return (await fetch(`cards.json?keys=${keys}`)).json();
  }
}

/** Files that `preview --export` wrote: scripts, since a page from file:// may fetch nothing. */
class FileSource {
  constructor() {
    this.chunks = new Map();
    this.read = {};
  }

  start(listener) {
    deckpress.deck = deck => listener.takeDeck(deck);
    deckpress.cards = sides => Object.assign(this.read, sides);
    this.load("data/deck.js");
  }

  async sides(rows) {
    await Promise.all(rows.map(row => this.load(`data/cards-${row.chunk}.js`)));
    return Object.fromEntries(rows.map(row => [row.key, this.read[row.key]]));
  }

  /** Run a script, once. */
  load(address) {
    if (!this.chunks.has(address)) {
      this.chunks.set(address, new Promise((resolve, reject) => {
        const script = element("script", { src: address });
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${address} is missing`));
        document.head.append(script);
      }));
    }
    return this.chunks.get(address);
  }
}

/** What the scripts of an exported deck call. */
const deckpress = {};
