// MathJax with Anki's settings (`_aqt/data/web/js/mathjax.js` of Anki 26.09), made to tell what it
// finds wrong. Evaluated after MathJax's own parts; leaves `typeset`, `names` and `input` behind.
"use strict";
(() => {
  const { TeX } = MathJax._.input.tex_ts;
  const TexError = MathJax._.input.tex.TexError.default;
  const TexParser = MathJax._.input.tex.TexParser.default;
  const { CommandMap } = MathJax._.input.tex.SymbolMap;
  const { Configuration } = MathJax._.input.tex.Configuration;

  // What defines something would still be known when the next card is shown, and not before.
  const DEFINITIONS = ("newcommand renewcommand providecommand newenvironment renewenvironment def let require "
    + "DeclareMathOperator DeclarePairedDelimiter DeclarePairedDelimiters DeclarePairedDelimiterX "
    + "DeclarePairedDelimitersX DeclarePairedDelimiterXPP DeclarePairedDelimitersXPP "
    + "definecolor Newextarrow newtagform renewtagform usetagform mathtoolsset").split(" ");
  const refuse = (parser, name) => { throw new TexError("Definition", "%1 defines something", name); };
  new CommandMap("deckpress-definitions", Object.fromEntries(DEFINITIONS.map((name) => [name, "refuse"])), { refuse });

  // A link on a card is opened by Anki; one that is a program would be run.
  const { HtmlMethods: Html } = MathJax._.input.tex.html;
  const link = (parser, name) => {
    const [start, url] = [parser.i, parser.GetArgument(name).trim()];
    if (!/^(?:https?|mailto):/i.test(url)) throw new TexError("UnsafeLink", "%1 to %2", name, url);
    parser.i = start;
    return Html.default.Href(parser, name);
  };
  const token = (parser, name) => {
    const [start, kind, attributes] = [parser.i, parser.GetArgument(name), parser.GetBrackets(name, "")];
    const address = /\b(?:href|src)\b/i.exec(attributes);
    if (address) throw new TexError("UnsafeLink", "%1 to %2", name, address[0]);
    parser.i = start;
    return MathJax._.input.tex.base.BaseMethods.default.MmlToken(parser, name);
  };
  new CommandMap("deckpress-links", { href: "link", mmlToken: "token" }, { link, token });

  // What a style loads, it loads from elsewhere, whose owner then knows when the card is seen.
  const STYLED = /\\(?:style|bbox|fcolorbox|mmlToken)/;
  const LOADS = /\\|url|image|src/i;
  const refuseLoads = (text, root) => root.walkTree((node) => {
    const style = (node.attributes && node.attributes.getExplicit("style")) || "";
    const found = LOADS.exec(style);
    if (!found) return;
    const start = text.indexOf(style);
    const at = start < 0 ? text.indexOf(found[0]) : start + found.index;
    throw Object.assign(new TexError("UnsafeStyle", "A style has %1", found[0]), { at });
  });

  // MathJax keeps the font of a \unicode[font] for the next time, whatever the formula.
  const { UnicodeMethods } = MathJax._.input.tex.unicode.UnicodeConfiguration;
  const unicode = (parser, name) =>
    (parser.GetNext() === "[" ? refuse(parser, `${name}[…]`) : UnicodeMethods.Unicode(parser, name));
  new CommandMap("deckpress-unicode", { unicode: "unicode" }, { unicode });

  // MathJax would stop at the first command that it does not know; an author wants to hear of all.
  // A hundred of a formula are enough.
  let unknown = [];
  const noteUnknown = (parser, name) => {
    if (unknown.length < 100) unknown.push(["UndefinedControlSequence", `Undefined control sequence \\${name}`, [`\\${name}`], charactersRead()]);
    parser.Push(parser.create("token", "mtext", {}, `\\${name}`));
  };
  Configuration.create("deckpress", {
    handler: { macro: ["deckpress-definitions", "deckpress-links", "deckpress-unicode"] }, fallback: { macro: noteUnknown }, priority: 0,
  });

  // The words that a message is filled with: names of commands and environments.
  let words = [];
  const fill = TexError.processString;
  TexError.processString = (text, args) => { words = args; return fill(text, args); };

  // Where a parser stands in the text it was given. A macro of MathJax's own puts its replacement
  // before the rest of that text, so that what is left of the text counts, not what is read.
  const parse = TexParser.prototype.Parse;
  TexParser.prototype.Parse = function () {
    this.given = this.string;
    this.left = this.given.length;
    parse.call(this);
  };
  const string = Object.getOwnPropertyDescriptor(TexParser.prototype, "string");
  Object.defineProperty(TexParser.prototype, "string", {
    get: string.get,
    set(text) {
      this.left = Math.min(this.left, this.string.length - this.i);
      string.set.call(this, text);
    },
  });
  const left = (parser) => Math.max(0, Math.min(parser.left, parser.string.length - parser.i));

  // An argument is parsed by a parser of its own, which its parent has just read it for.
  const charactersRead = () => {
    const { parsers } = tex.parseOptions; // the innermost first
    let [before, read] = [0, 0];
    for (let at = parsers.length - 1; at >= 0; at--) {
      const [parser, parent] = [parsers[at], parsers[at + 1]];
      if (parent) {
        const start = parent.string.lastIndexOf(parser.given, parent.i - parser.given.length);
        const rest = parent.string.length - start;
        if (start < 0 || rest > parent.left) break;
        before += parent.given.length - rest;
      }
      read = before + parser.given.length - left(parser);
    }
    return read;
  };

  const throwOn = (jax, error) => { throw error; };
  const tex = new TeX({ packages: [...MathJax.config.tex.packages, "deckpress"], formatError: throwOn });
  globalThis.input = tex;
  const font = new MathJax._.output.chtml.fonts.tex_ts.TeXFont();
  const output = new MathJax._.output.chtml_ts.CHTML({ font });
  output.pxPerEm = 19.8; // on our cards, for lengths in pixels
  const adaptor = MathJax._.adaptors.liteAdaptor.liteAdaptor();
  // In em of MathJax, which on our cards is 1.1 of the text's.
  const widthOf = (character) => (character > "\u2e7f" ? 0.91 : 0.55);
  output.measureTextNode = (node) => ({
    w: [...adaptor.textContent(node)].reduce((width, character) => width + widthOf(character), 0), h: 0.75, d: 0.2,
  });
  MathJax._.handlers.html_ts.RegisterHTMLHandler(adaptor);
  const page = MathJax._.mathjax.mathjax.document("", { InputJax: tex, OutputJax: output });
  const HUGE = 1e6;

  // JSON of a width in em; or of faults: an error's id, MathJax's message, its words, characters read.
  globalThis.typeset = (text, display) => {
    tex.reset();
    tex.parseOptions.parsers = [];
    [words, unknown] = [[], []];
    try {
      const item = new page.options.MathItem(text, tex, display);
      item.setMetrics(16, 8, HUGE, HUGE, 1);
      item.compile(page);
      if (STYLED.test(text)) refuseLoads(text, item.root);
      return JSON.stringify(unknown.length ? unknown : Math.min(output.getBBox(item, page).w || 0, HUGE));
    } catch (error) {
      if (error == null) throw new Error("out of memory"); // so quickjs says it
      const id = error instanceof TexError ? error.id : error.name;
      const named = error instanceof TexError ? words.filter((word) => word != null).map(String) : [];
      const fault = [id, error.message, named, error.at >= 0 ? error.at + 1 : charactersRead()];
      return JSON.stringify(unknown.length ? unknown : [fault]); // it may be due to what is unknown
    }
  };

  // JSON of the names that MathJax knows: kind is macro, delimiter or environment.
  globalThis.names = (kind) => {
    const found = [];
    for (const { item } of tex.parseOptions.handlers.get(kind)._configuration) found.push(...(item.map || new Map()).keys());
    return JSON.stringify(found);
  };
})();
