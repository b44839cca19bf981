"use strict";
/* Cards are shown in frames of another origin: a deck is strangers' HTML, and may hold scripts.
   This page and its frames exchange messages and nothing else; what a frame says is believed as
   far as it can do no harm, and shown as text. */

/** From file:// a frame of no origin may load nothing, not even its own script. There each file is
    an origin of its own in any case, so the frame reaches this page as little as elsewhere (tried in
    Chromium 156 and Firefox 153). */
const SANDBOX = location.protocol === "file:" ? "allow-scripts allow-same-origin" : "allow-scripts";
/** Characters of a frame's text that are shown, and texts of it. */
const MOST_TEXT = 300, MOST_TEXTS = 5;

/** Return the looks that are wanted, each with what it is by day or night and how wide. */
function looksOf(theme, width) {
  const nights = { day: [false], night: [true], both: [false, true] }[theme];
  const phones = { desktop: [false], phone: [true], both: [false, true] }[width];
  return phones.flatMap(phone => nights.map(night => ({ night, phone })));
}

/** One frame. It may have any look, so that another look needs no other frame. */
class Frame {
  /** `onGone` is called when a script of the card has led the frame away. */
  constructor(address, onGone) {
    this.element = element("iframe", { sandbox: SANDBOX, allow: "autoplay", class: "loading" });
    this.element.src = address;
    this.element.addEventListener("load", () => {
      this.element.addEventListener("load", () => onGone(this));
    }, { once: true });
    this.ready = false;
    this.gone = false;
    this.painted = -1;
  }

  /** Take on a look. */
  dress({ night, phone }) {
    this.look = { night, phone };
    this.element.classList.toggle("phone", phone);
    this.element.classList.toggle("night", night);
    this.element.title = `Card by ${night ? "night" : "day"}${phone ? " on a phone" : ""}`;
  }

  /** Show a card, as soon as the frame is ready for it. */
  show(card) {
    const message = { ...card, ...this.look };
    if (sameCard(message, this.card)) return;
    this.card = message;
    this.send();
  }

  send() {
    if (this.ready && this.card) this.post({ type: "show", ...this.card });
  }

  post(message) {
    this.element.contentWindow.postMessage(message, "*"); // an origin of its own has no name
  }
}

/** Say whether two messages show the same, whatever their stamps are. */
const sameCard = (one, other) => other !== undefined
  && Object.keys(one).every(key => key === "stamp" || one[key] === other[key]);

class Frames {
  /** What frames say goes to `listener`: `onKey`, `onTyped`, `onLink` and `onPainted`. */
  constructor(listener) {
    this.listener = listener;
    this.stage = byId("stage");
    this.frames = [];
    this.looks = looksOf("day", "desktop");
    addEventListener("message", event => this.receive(event));
  }

  /** Take frames from this address; if it is another one, they are made anew. */
  open(address) {
    if (address === this.address) return;
    this.address = address;
    while (this.frames.length) this.frames.pop().element.remove();
    this.arrange();
  }

  /** Show each card in these looks. */
  setLooks(theme, width) {
    this.looks = looksOf(theme, width);
    this.stage.dataset.theme = theme;
    this.stage.dataset.width = width;
    if (this.address) this.arrange();
  }

  arrange() {
    while (this.frames.length > this.looks.length) this.frames.pop().element.remove();
    while (this.frames.length < this.looks.length) this.add();
    this.frames.forEach((frame, at) => frame.dress(this.looks[at]));
    if (this.card) this.show(this.card);
  }

  add() {
    const frame = this.make();
    this.frames.push(frame);
    this.stage.append(frame.element);
  }

  make() {
    return new Frame(this.address, frame => this.lose(frame));
  }

  /** Show a card in each frame. */
  show(card) {
    this.card = card;
    this.stage.classList.remove("blank");
    for (const frame of this.frames.filter(each => each.gone)) this.replace(frame);
    for (const frame of this.frames) frame.show(card);
  }

  /** Make a frame anew that a card has led away: once for that card, which may do so again. */
  lose(frame) {
    frame.gone = true;
    if (!this.card || this.card.key === this.left) return;
    this.left = this.card.key;
    this.replace(frame).show(this.card);
  }

  replace(frame) {
    const fresh = this.make(), at = this.frames.indexOf(frame);
    fresh.dress(this.looks[at]);
    frame.element.replaceWith(fresh.element);
    this.frames[at] = fresh;
    return fresh;
  }

  /** Show no card. */
  blank() {
    this.stage.classList.add("blank");
  }

  /** Let the author write the answer of a typed card. */
  focus() {
    this.frames[0]?.element.focus();
    this.frames[0]?.post({ type: "focus" });
  }

  /** Play the sounds of the card. */
  play() {
    this.frames[0]?.post({ type: "play" });
  }

  receive({ source, data }) {
    const frame = this.frames.find(each => each.element.contentWindow === source);
    if (!frame || typeof data !== "object" || data === null) return;
    const { type, key, text, href, stamp, errors } = data;
    const focused = document.activeElement === frame.element;
    if (type === "ready" && !frame.ready) this.welcome(frame);
    if (type === "painted" && stamp === frame.card?.stamp) this.finish(frame, errors);
    if (type === "key" && typeof key === "string" && focused) this.listener.onKey(key);
    if (type === "typed" && typeof text === "string" && key === this.card?.key && focused) this.listener.onTyped(key, text);
    if (type === "link" && typeof href === "string" && focused) this.listener.onLink(href);
  }

  welcome(frame) {
    frame.ready = true;
    frame.send();
  }

  finish(frame, errors) {
    frame.element.classList.remove("loading");
    frame.painted = frame.card.stamp;
    const texts = Array.isArray(errors) ? errors.filter(text => typeof text === "string") : [];
    frame.errors = texts.slice(0, MOST_TEXTS).map(text => text.slice(0, MOST_TEXT));
    if (this.frames.every(each => each.painted === frame.painted)) {
      this.listener.onPainted(frame.card, [...new Set(this.frames.flatMap(each => each.errors))]);
    }
  }
}
