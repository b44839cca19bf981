"use strict";
/* MathJax as Anki 26.09 sets it up (qt/aqt/data/web/js/mathjax.ts), but that nothing is loaded
   later: all is in the one file, and the fonts are in mathjax/fonts.css. */

window.MathJax = {
  tex: {
    displayMath: [["\\[", "\\]"]],
    processEscapes: false,
    processEnvironments: false,
    processRefs: false,
    packages: { "[+]": ["noerrors", "mathtools"], "[-]": ["textmacros"] },
  },
  startup: {
    typeset: false,
    ready() {
      MathJax._.output.chtml.fonts.tex_ts.TeXFont.defaultFonts = {};
      MathJax._.ui.menu.Menu.Menu.prototype.mergeUserSettings = () => {}; // a frame has no storage
      MathJax.startup.defaultReady();
    },
  },
};
