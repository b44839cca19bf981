"use strict";
/* Shows one side of a card as Anki's reviewer does (ts/reviewer/index.ts), within a frame. The page
   around it says what to show; this script says when it is painted, and which keys are pressed. */
(() => {
  const qa = document.getElementById("qa");
  let wanted = null, shown = {};

  const tell = message => parent.postMessage(message, "*");
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve));

  /** Wait until the frame that is being made is painted: what is posted meanwhile comes behind it. */
  const afterFrame = () => new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  });

  /** Run the scripts of the card: those set as HTML do not run by themselves. */
  function runScripts() {
    for (const old of [...qa.getElementsByTagName("script")]) {
      const script = document.createElement("script");
      for (const { name, value } of old.attributes) script.setAttribute(name, value);
      script.append(old.textContent);
      old.replaceWith(script);
    }
  }

  /** Set HTML. A picture that was there already is taken over, so that it does not flicker. */
  function setContent(html) {
    const pictures = [...qa.querySelectorAll("img")];
    qa.innerHTML = html;
    for (const picture of qa.querySelectorAll("img")) {
      const at = pictures.findIndex(old => old.outerHTML === picture.outerHTML && old.complete);
      if (at >= 0) picture.replaceWith(...pictures.splice(at, 1));
    }
    runScripts();
  }

  /** Give the document the classes that Anki gives it. */
  function dress({ number, night, phone, css, language }) {
    const { documentElement: root, body } = document;
    root.lang = language;
    root.classList.toggle("night-mode", night);
    root.classList.toggle("mobile", phone);
    body.className = `card card${number} isLin fancy${night ? " nightMode night_mode" : ""}`;
    const style = document.getElementById("card-style");
    if (style.textContent !== css) style.textContent = css;
  }

  /** Typeset at once, so that no formula is ever seen as text. */
  async function typeset() {
    try {
      MathJax.typesetClear();
      MathJax.typeset([qa]);
    } catch {
      await MathJax.typesetPromise([qa]).catch(() => {});
    }
  }

  /** Fill in what was typed, or what comparing it gives. */
  function fillTyped({ side, typed }) {
    const place = document.getElementById("typeans");
    if (!place) return;
    if (side === "front") {
      place.value = typed;
      place.ariaLabel ??= "Your answer";
    } else if (place.dataset.expected !== undefined) {
      place.outerHTML = compareAnswer(place.dataset.expected, typed, place.dataset.combining !== "false");
    }
  }

  /** Return a function that brings back what the reader sees of a card: its place, and hints that
      are open. Its height stays until its pictures are there. */
  function remember() {
    const open = [...qa.querySelectorAll("details")].map(each => each.open);
    const { scrollX: left, scrollY: top } = window;
    qa.style.minHeight = `${qa.offsetHeight}px`;
    return async () => {
      qa.querySelectorAll("details").forEach((each, at) => { each.open = open[at] ?? each.open; });
      scrollTo(left, top);
      await picturesLoaded();
      qa.style.minHeight = "";
    };
  }

  const picturesLoaded = () => Promise.all([...document.images].filter(each => !each.complete).map(
    each => new Promise(resolve => { each.onload = each.onerror = resolve; })));

  /** Go where Anki goes: to the top of a question, or to the answer. */
  function scrollToStart({ side, key }) {
    scrollTo(0, 0);
    if (side === "front") return;
    picturesLoaded().then(() => {
      if (shown.key === key && shown.side === side) document.getElementById("answer")?.scrollIntoView();
    });
  }

  async function show(card) {
    wanted = card;
    await MathJax.startup.promise;
    if (wanted !== card) return;
    const isSame = card.key === shown.key && card.side === shown.side;
    const back = isSame ? remember() : () => scrollToStart(card);
    shown = card;
    dress(card);
    setContent(card[card.side]);
    fillTyped(card);
    await typeset();
    back();
    if (document.hasFocus()) writeAnswer();
    await frame();
    await afterFrame();
    tell({ type: "painted", key: card.key, side: card.side, stamp: card.stamp, errors: faults() });
  }

  /** Return what cannot be shown: formulas and pictures. */
  function faults() {
    const formulas = [...qa.querySelectorAll("[data-mjx-error]")].map(each => `MathJax: ${each.dataset.mjxError}`);
    const pictures = [...document.images].filter(each => each.complete && !each.naturalWidth)
      .map(each => `This picture cannot be shown: ${each.getAttribute("src")}`);
    return [...formulas, ...pictures];
  }

  const writeAnswer = () => document.querySelector("input#typeans")?.focus({ preventScroll: true });

  const SOUNDS = "[data-sound], [data-speech]";
  let sound = null, played = null;

  /** Play what these buttons stand for, one after the other, in place of what plays now. */
  async function play(buttons) {
    played = buttons;
    sound?.pause();
    speechSynthesis.cancel();
    for (const button of buttons) {
      if (played !== buttons) return;
      await (button.dataset.sound ? playFile(button.dataset.sound) : speak(button));
    }
  }

  async function playFile(name) {
    sound = new Audio(encodeURIComponent(name));
    const ended = new Promise(resolve => { sound.onended = sound.onerror = sound.onpause = resolve; });
    await sound.play().then(() => ended, () => {});
  }

  /** Read a text aloud with a voice of the browser. */
  function speak({ dataset, lang }) {
    const speech = new SpeechSynthesisUtterance(dataset.speech);
    speech.lang = lang;
    return new Promise(resolve => {
      speech.onend = speech.onerror = resolve;
      speechSynthesis.speak(speech);
    });
  }

  addEventListener("message", ({ source, data }) => {
    if (source !== parent) return;
    if (data.type === "show") show(data);
    if (data.type === "focus") writeAnswer();
    if (data.type === "play") play([...qa.querySelectorAll(SOUNDS)]);
  });

  addEventListener("input", event => {
    if (event.target.id === "typeans") tell({ type: "typed", key: shown.key, text: event.target.value });
  });

  addEventListener("click", event => {
    const button = event.target.closest(SOUNDS), link = event.target.closest("a[href], area[href]");
    if (button) play([button]);
    if (button || link) event.preventDefault();
    const href = link?.getAttribute("href") ?? "";
    if (href.startsWith("#")) document.getElementById(decodeURIComponent(href.slice(1)))?.scrollIntoView();
    else if (link) tell({ type: "link", href: link.href });
  });

  /** Say whether a key belongs to what has the focus: text is written, Space opens a hint. */
  function isTaken({ key, target }) {
    if (target.id === "typeans" && key === "Enter") return false;
    if (target.closest("input, textarea, select, [contenteditable]")) return key !== "Escape";
    const presses = key === " " || key === "Enter";
    return presses ? target.closest("summary, button, a[href], audio, video") !== null
      : key.startsWith("Arrow") && target !== document.body;
  }

  addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (isTaken(event)) return;
    if (event.key === " " || event.key === "/" || event.key === "Enter") event.preventDefault();
    if (event.key === "Escape") event.target.blur?.();
    tell({ type: "key", key: event.key });
  });

  tell({ type: "ready" });
})();
