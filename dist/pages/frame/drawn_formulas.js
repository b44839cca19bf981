"use strict";
/* In the place of MathJax, for pages that are to be small: formulas were drawn when the page was
   made, and drawings.js holds them as DRAWINGS, by their TeX as it stands on the card, and the
   outlines that they share as GLYPHS. */
window.MathJax = (() => {
  const FORMULA = /(\\\([^]*?\\\)|\\\[[^]*?\\\])/;
  const PASSED_OVER = "pre, code, script, style, textarea";

  const glyphs = document.createElement("div");
  glyphs.innerHTML = GLYPHS;
  document.body.prepend(glyphs);

  /** Return an element like the one that MathJax makes, which the style of a card knows. */
  function drawn(tex) {
    const container = document.createElement("mjx-container");
    container.setAttribute("jax", "SVG");
    if (tex.startsWith("\\[")) container.setAttribute("display", "true");
    container.setAttribute("role", "img");
    container.setAttribute("aria-label", tex.slice(2, -2));
    const line = document.createElement("span"); // the box of a card's style has no baseline of its own
    line.innerHTML = DRAWINGS[tex];
    container.append(line);
    return container;
  }

  const isDrawn = text => Object.hasOwn(DRAWINGS, text);

  function draw(text) {
    const parts = text.data.split(FORMULA);
    if (parts.some(isDrawn)) text.replaceWith(...parts.map(part => (isDrawn(part) ? drawn(part) : part)));
  }

  function typeset(elements) {
    for (const element of elements) {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), texts = [];
      while (walker.nextNode()) texts.push(walker.currentNode);
      texts.filter(text => !text.parentElement.closest(PASSED_OVER)).forEach(draw);
    }
  }

  return { startup: { promise: Promise.resolve() }, typesetClear() {}, typeset };
})();
