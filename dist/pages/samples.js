"use strict";
/* Some cards of the deck, which a visitor turns over as in Anki. */
(() => {
  const section = byId("samples"), words = section.dataset;
  const dark = matchMedia("(prefers-color-scheme: dark)"), narrow = matchMedia("(max-width: 560px)");
  let at = 0, side = "front", written = "";

  const frames = new Frames({
    onKey: key => act(key),
    onTyped: (key, text) => { written = text; },
    onLink: href => showLink(href),
    onPainted() {},
  });

  function show() {
    const card = SAMPLES[at];
    frames.show({ ...card, side, typed: written, stamp: at });
    for (const { element } of frames.frames) element.title = words.card;
    setText(byId("position"), `${at + 1} / ${SAMPLES.length}`);
    setText(byId("flip"), side === "front" ? words.flip : words.back);
    byId("link").replaceChildren();
  }

  function flip() {
    side = side === "front" ? "back" : "front";
    show();
  }

  function step(by) {
    at = (at + by + SAMPLES.length) % SAMPLES.length;
    side = "front";
    written = "";
    show();
  }

  const actions = {
    " ": flip, "Enter": flip, "ArrowRight": () => step(1), "n": () => step(1), "ArrowLeft": () => step(-1), "p": () => step(-1),
  };

  function act(key) {
    if (Object.hasOwn(actions, key)) actions[key]();
  }

  /** A card leads nowhere by itself; a visitor sees where a link goes, and may follow it. */
  function showLink(href) {
    const isWeb = /^https?:/.test(href);
    byId("link").replaceChildren(isWeb ? element("a", { href, target: "_blank", rel: "noopener noreferrer" }, href) : href);
  }

  function setLooks() {
    frames.setLooks(dark.matches ? "night" : "day", narrow.matches ? "phone" : "desktop");
    show();
  }

  if (!SAMPLES.length) return;
  section.hidden = false;
  frames.open("pages/frame/card.html");
  setLooks();
  dark.addEventListener("change", setLooks);
  narrow.addEventListener("change", setLooks);
  byId("flip").addEventListener("click", flip);
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  section.addEventListener("keydown", event => {
    if (event.key.startsWith("Arrow")) act(event.key);
  });
})();
