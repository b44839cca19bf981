// What draws formulas, for pages that are read without MathJax. Evaluated after engine.js, whose
// `input` reads TeX as Anki does, and refuses what defines something or leads elsewhere.
"use strict";
(() => {
  const adaptor = MathJax._.adaptors.liteAdaptor.liteAdaptor();
  const font = new MathJax._.output.svg.fonts.tex_ts.TeXFont();
  const output = new MathJax._.output.svg_ts.SVG({ font, fontCache: "local" });
  const widthOf = (character) => (character > "\u2e7f" ? 1 : 0.5);
  output.measureTextNode = (node) => ({
    w: [...adaptor.textContent(node)].reduce((width, character) => width + widthOf(character), 0), h: 0.75, d: 0.2,
  });
  const page = MathJax._.mathjax.mathjax.document("", { InputJax: input, OutputJax: output });

  // JSON of an <svg>, or of an empty text where the formula is in error.
  globalThis.draw = (text, display) => {
    input.reset();
    input.parseOptions.parsers = [];
    try {
      const node = page.convert(text, { display, em: 16, ex: 8, containerWidth: 1e6 });
      return JSON.stringify(adaptor.innerHTML(node));
    } catch (error) {
      if (error == null) throw new Error("out of memory"); // so quickjs says it
      return JSON.stringify("");
    }
  };
})();
