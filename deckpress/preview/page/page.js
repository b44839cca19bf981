"use strict";
/* The page: which card is shown, its side and its looks. All else follows from these. */

/** Milliseconds until the list is what it is to be, though the card is not yet painted. */
const LATEST = 100;
/** Milliseconds that a notice stays. */
const NOTICE = 5000;
/** Looks, in the order in which a key goes through them. */
const CHOICES = { theme: ["day", "night", "both"], width: ["desktop", "phone", "both"] };
/** Windows in which the list is a drawer, as in page.css. */
const NARROW = matchMedia("(max-width: 820px)");
/** Where a link of a card may lead. */
const FOLLOWED = /^(https?|mailto):/i;

class Page {
  constructor(source) {
    this.deck = new Deck(source);
    this.listed = [];
    this.rest = null;
    this.key = null;
    this.side = "front";
    this.written = { key: null, text: "" };
    this.errors = [];
    this.isConnected = true;
    this.finder = new Finder(() => this.find(), () => this.choose(this.listed[0]?.key));
    this.list = new CardList(key => this.choose(key));
    this.frames = new Frames(this);
    this.aboutCard = new AboutCard();
    this.problemList = new ProblemList();
    this.address = new Address(() => this.follow());
    this.looks = { theme: matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "day", width: "desktop" };
    for (const name of Object.keys(CHOICES)) this.setLook(name, recall(name) ?? this.looks[name]);
    this.listen();
    source.start(this);
  }

  /* What the source says. */

  takeDeck(deck) {
    this.deck.replace(deck);
    this.frames.open(deck.frame);
    if (this.key === null) Object.assign(this, this.address.read());
    if (this.key !== null && !this.deck.rows.has(this.key)) this.notify(`There is no card ${this.key}.`);
    this.update();
  }

  takeChange(change) {
    if (!this.deck.merge(change)) return;
    if (this.deck.rows.has(change.edited)) this.key = change.edited;
    this.update();
  }

  setConnected(isConnected) {
    this.isConnected = isConnected;
    this.notify();
  }

  /* What frames say. */

  onKey(key) {
    this.act(actionOf(key));
  }

  onTyped(key, text) {
    this.written = { key, text };
  }

  /** Offer a link of a card: a frame does not leave its card, and opens nothing by itself. */
  onLink(href) {
    if (!FOLLOWED.test(href)) return;
    const link = element("a", { href, target: "_blank", rel: "noopener noreferrer" }, href);
    this.notify("The card links to ", link);
  }

  onPainted({ stamp, key, side }, errors) {
    window.deckpressPainted = { stamp, key, side, time: performance.now() }; // for benchmarks
    this.errors = errors;
    this.tell();
    this.doRest();
  }

  /* What is shown. */

  /** Show all anew: the card at once, since it is waited for, and the rest when it is painted. */
  update() {
    if (!this.deck.rows.has(this.key)) this.replaceCard();
    this.showCard();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.doRest(), LATEST);
  }

  /** Show what an update has left, if it has. */
  doRest() {
    if (this.rest === null) return;
    clearTimeout(this.rest);
    this.rest = null;
    const { name, released } = this.deck.about;
    for (const id of ["name", "title"]) setText(byId(id), name);
    document.title = `${name} · preview`;
    this.finder.offer([...this.deck.rows.values()], released);
    this.find();
    this.problemList.show(this.deck.problems, this.deck.counts);
  }

  /** Go to the card that stands where the one that is gone stood. */
  replaceCard() {
    const at = Math.max(0, this.listed.findIndex(row => row.key === this.key));
    const rest = this.listed.slice(at).concat([...this.deck.rows.values()]);
    this.key = rest.find(row => this.deck.rows.has(row.key))?.key ?? null;
    this.side = "front";
  }

  /** List the cards that are wanted. */
  find() {
    const all = [...this.deck.rows.values()];
    this.listed = this.finder.choose(all);
    this.list.show(this.listed);
    this.list.select(this.key);
    const count = this.listed.length;
    const some = count < all.length ? `${count.toLocaleString("en")} of ` : "";
    setText(byId("found"), some + counted(all.length, "card"));
    byId("all").hidden = some === "";
    this.showPosition();
  }

  showPosition() {
    const at = this.listed.findIndex(row => row.key === this.key);
    setText(byId("position"), `${at < 0 ? "–" : at + 1} / ${this.listed.length}`);
  }

  /** Show the card and the side that this page is at. */
  async showCard() {
    const { key } = this;
    byId("empty").hidden = key !== null;
    if (key === null) {
      this.showNone();
      return;
    }
    this.address.write(key, this.side);
    this.list.select(key);
    this.showPosition();
    setText(byId("flip"), this.side === "front" ? "Show back" : "Show front");
    const order = this.listed.map(row => row.key);
    const reading = this.deck.read(key, order);
    if (!this.deck.sides(key)) await reading;
    if (key === this.key) this.showSides();
  }

  showNone() {
    setText(byId("empty"), this.deck.about.broken ?? "There is no card yet.");
    this.frames.blank();
    this.showPlace(null);
    byId("about").hidden = true;
  }

  showSides() {
    const row = this.deck.rows.get(this.key), sides = this.deck.sides(this.key);
    if (!row || !sides) {
      this.notify("This card cannot be read now.");
      return;
    }
    const { types, language, generation } = this.deck.about;
    const { key, number } = row, { front, back } = sides;
    const typed = this.written.key === key ? this.written.text : "";
    const { css } = types[row.type];
    this.frames.show({ key, number, front, back, side: this.side, css, language, typed, stamp: generation });
    if (this.told !== key) this.errors = [];
    this.showPlace(sides);
    this.tell();
  }

  showPlace(sides) {
    setText(byId("place"), sides?.place ?? "");
    byId("copy").hidden = !sides;
    const open = byId("open");
    open.hidden = !sides?.open;
    if (sides?.open) open.href = sides.open;
  }

  /** Say what is to be said of the card. */
  tell() {
    const row = this.deck.rows.get(this.key);
    if (!row) return;
    this.told = this.key;
    const { released, broken } = this.deck.about;
    const { difference = null, problems = [] } = this.deck.sides(this.key) ?? {};
    this.aboutCard.show({ row, problems, difference, released, broken, errors: this.errors });
  }

  /** Say something for a while, or that the server does not answer as long as it does not. */
  notify(...parts) {
    clearTimeout(this.silence);
    const lost = "Not connected: deckpress preview does not answer. This page tries again.";
    byId("notice").replaceChildren(...(this.isConnected ? parts : [lost]));
    if (parts.length) this.silence = setTimeout(() => this.notify(), NOTICE);
  }

  /* What the author does. */

  /** Go to a card, with its front. */
  go(key) {
    this.key = key;
    this.side = "front";
    this.showCard();
  }

  /** Go to a card of the list, if there is one. */
  choose(key) {
    if (key === undefined) return;
    this.leave();
    this.go(key);
  }

  /** Go on by so many cards of the list. */
  step(by) {
    const at = this.listed.findIndex(row => row.key === this.key);
    const from = at < 0 && by > 0 ? -1 : at;
    const to = Math.min(Math.max(from + by, 0), this.listed.length - 1);
    if (to >= 0 && to !== at) this.go(this.listed[to].key);
  }

  /** Go where the address says. */
  follow() {
    const { key, side } = this.address.read();
    if (this.deck.rows.has(key)) {
      Object.assign(this, { key, side });
      this.showCard();
    } else this.notify(`There is no card ${key}.`);
  }

  flip() {
    this.side = this.side === "front" ? "back" : "front";
    this.showCard();
  }

  setLook(name, value) {
    if (!CHOICES[name].includes(value)) return;
    this.looks[name] = value;
    remember(name, value);
    for (const button of byId(name).children) button.setAttribute("aria-pressed", button.dataset.value === value);
    this.frames.setLooks(this.looks.theme, this.looks.width);
  }

  nextLook(name) {
    const values = CHOICES[name];
    this.setLook(name, values[(values.indexOf(this.looks[name]) + 1) % values.length]);
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.notify(`Copied ${text}`);
    } catch {
      this.notify(`This browser does not let the page copy. The place is ${text}`);
    }
  }

  openDrawer(isOpen) {
    document.body.classList.toggle("drawer-open", isOpen);
    byId("open-drawer").setAttribute("aria-expanded", isOpen);
    byId("scrim").hidden = !isOpen;
    byId("stage").parentElement.inert = isOpen && NARROW.matches;
    if (isOpen) byId("list").focus();
  }

  /** Leave what has the focus, and close what lies above the card. */
  leave() {
    document.activeElement?.blur();
    this.openDrawer(false);
  }

  /** Do what a key or a button stands for. */
  act(action) {
    const actions = {
      flip: () => this.flip(),
      next: () => this.step(1),
      previous: () => this.step(-1),
      theme: () => this.nextLook("theme"),
      width: () => this.nextLook("width"),
      find: () => { this.openDrawer(true); byId("find").select(); byId("find").focus(); },
      list: () => { this.openDrawer(true); byId("list").focus(); },
      answer: () => this.frames.focus(),
      play: () => this.frames.play(),
      open: () => { if (!byId("open").hidden) byId("open").click(); },
      copy: () => { if (this.key !== null) this.copy(byId("place").textContent); },
      difference: () => this.aboutCard.toggleDifference(),
      problems: () => { byId("problems").open = !byId("problems").open; },
      leave: () => this.leave(),
      help: () => byId("help").showModal(),
    };
    actions[action]?.();
  }

  listen() {
    writeHelp();
    addEventListener("keydown", event => this.press(event));
    document.addEventListener("click", event => this.click(event.target));
    // a button that was clicked does not keep the focus: Space turns the card over all the same
    byId("open-drawer").closest(".bar").addEventListener("mousedown", event => {
      if (event.target.closest("button")) event.preventDefault();
    });
    byId("open-drawer").addEventListener("click", () => this.openDrawer(true));
    for (const id of ["close-drawer", "scrim"]) byId(id).addEventListener("click", () => this.openDrawer(false));
  }

  press(event) {
    if (byId("help").open) return;
    const rows = document.activeElement === byId("list") ? this.list.stepOf(event.key) : undefined;
    const action = actionAt(event);
    if (rows === undefined && action === undefined) return;
    event.preventDefault();
    if (rows === undefined) this.act(action);
    else this.step(rows);
  }

  click(target) {
    const { action, copy, card, value } = target.closest("button")?.dataset ?? {};
    if (action) this.act(action);
    if (copy) this.copy(copy);
    if (card) this.go(card);
    if (value) this.setLook(target.closest("[role=group]").id, value);
  }
}

/** Return what the author chose when the page was open before. */
function recall(name) {
  try {
    return localStorage.getItem(`deckpress ${name}`);
  } catch { // a browser may keep nothing
    return null;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`deckpress ${name}`, value);
  } catch { /* it is only not kept */ }
}

new Page(document.documentElement.dataset.source === "live" ? new LiveSource() : new FileSource());
