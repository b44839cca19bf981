"use strict";
/* The address names the card and its side, so that it can be shared and gone back to. */

/** Milliseconds that a card must be looked at to be gone back to. */
const LOOKED_AT = 400;

class Address {
  constructor(onMove) {
    this.since = -Infinity;
    addEventListener("popstate", onMove);
    addEventListener("hashchange", onMove);
  }

  /** Return what the address names: a key, or null, and a side. */
  read() {
    const named = new URLSearchParams(location.hash.slice(1));
    return { key: named.get("card"), side: named.get("side") === "back" ? "back" : "front" };
  }

  /** Name this card and side. A card that was only passed by gets no entry of its own. */
  write(key, side) {
    const named = this.read();
    if (named.key === key && named.side === side) return;
    const hash = `#${new URLSearchParams({ card: key, side })}`;
    const passedBy = performance.now() - this.since < LOOKED_AT;
    const isOther = named.key !== key;
    if (named.key === null || !isOther || passedBy) history.replaceState(null, "", hash);
    else history.pushState(null, "", hash);
    if (isOther) this.since = performance.now();
  }
}
