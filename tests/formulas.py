r"""Formulas as authors write them: good ones, and for each error of MathJax 3.2.2 some wrong ones.

Of a wrong one is told MathJax's id of the error, where the culprit stands, and the message that the
author reads. `UNREACHABLE` has the errors that no formula of an author can raise, and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Wrong(NamedTuple):
    """Formulas that MathJax cannot typeset, all for one reason."""

    error: str
    """MathJax's id of what is wrong."""
    message: str
    """What the author reads behind `formula: `."""
    formulas: tuple[str, ...]
    """Each with a ‸ before the culprit; there the caret stands."""


LEARNING = (
    r"\operatorname{Attention}(Q, K, V) = \operatorname{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}"
    r"\right)V",
    r"\operatorname{softmax}(z)_i = \frac{e^{z_i}}{\sum_{j=1}^{K} e^{z_j}}",
    r"\begin{aligned} f_t &= \sigma(W_f [h_{t-1}, x_t] + b_f) \\ i_t &= \sigma(W_i [h_{t-1}, x_t]"
    r" + b_i) \\ \tilde{c}_t &= \tanh(W_c [h_{t-1}, x_t] + b_c) \\ c_t &= f_t \odot c_{t-1} + i_t"
    r" \odot \tilde{c}_t \\ h_t &= o_t \odot \tanh(c_t) \end{aligned}",
    r"H(p, q) = -\sum_{x \in \mathcal{X}} p(x) \log q(x)",
    r"D_{\mathrm{KL}}(P \,\|\, Q) = \mathbb{E}_{x \sim P}\left[ \log \frac{P(x)}{Q(x)} \right]",
    r"P(A \mid B) = \frac{P(B \mid A)\,P(A)}{P(B)}",
    r"J = \sum_{i,j=1}^{V} f(X_{ij}) \bigl( w_i^\top \tilde{w}_j + b_i + \tilde{b}_j - \log X_{ij}"
    r" \bigr)^2",
    r"\mathrm{BLEU} = \mathrm{BP} \cdot \exp\Bigl( \sum_{n=1}^{N} w_n \log p_n \Bigr), \quad"
    r" \mathrm{BP} = \begin{cases} 1 & c > r \\ e^{1 - r/c} & c \le r \end{cases}",
    r"\hat{x}_i = \frac{x_i - \mu_{\mathcal{B}}}{\sqrt{\sigma_{\mathcal{B}}^2 + \epsilon}}, \qquad"
    r" y_i = \gamma \hat{x}_i + \beta",
    r"\theta_t = \theta_{t-1} - \eta\,\frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}",
    r"\hat{m}_t = \frac{m_t}{1 - \beta_1^t}",
    r"\mathcal{L}(\theta) = -\frac{1}{N} \sum_{n=1}^{N} \sum_{c} y_{nc} \log \hat{y}_{nc}"
    r" + \frac{\lambda}{2} \lVert \theta \rVert_2^2",
    r"\nabla_\theta J(\theta) = \mathbb{E}_{\pi_\theta}\!\left[ \nabla_\theta \log \pi_\theta(a"
    r" \mid s)\, Q^{\pi}(s, a) \right]",
    r"\hat{y} = \operatorname*{arg\,max}_{y \in \mathcal{Y}} p(y \mid x; \theta)",
    r"\left\lfloor \frac{n + 2p - f}{s} \right\rfloor + 1",
    r"\text{PE}_{(pos, 2i)} = \sin\bigl(pos / 10000^{2i/d}\bigr)",
    r"\frac{\partial L}{\partial w_{ij}} = \delta_j a_i",
    r"\mathbf{W} \in \mathbb{R}^{d \times k}, \; \Delta W = BA",
    r"F_1 = 2 \cdot \frac{\text{precision} \cdot \text{recall}}{\text{precision} + \text{recall}}",
    r"\cos\theta = \frac{u \cdot v}{\|u\|\,\|v\|}",
    r"\min_G \max_D \; \mathbb{E}_x[\log D(x)] + \mathbb{E}_z[\log(1 - D(G(z)))]",
    r"\operatorname{GELU}(x) = x \, \Phi(x) \approx 0.5x \left( 1 + \tanh\left[ \sqrt{2 / \pi}"
    r" \left( x + 0.044715 x^3 \right) \right] \right)",
    r"\operatorname{ReLU}(x) = \max(0, x)",
    r"\operatorname{IDF}(t) = \log \frac{N}{1 + \lvert \{ d \in D : t \in d \} \rvert}",
    r"\mathrm{PPL}(W) = P(w_1 \dots w_N)^{-\frac{1}{N}} = \sqrt[N]{\prod_{i=1}^{N} \frac{1}{P(w_i"
    r" \mid w_{<i})}}",
    r"\mathcal{L}_{\text{DPO}} = -\mathbb{E}_{(x, y_w, y_l)} \left[ \log \sigma \left( \beta \log"
    r" \frac{\pi_\theta(y_w \mid x)}{\pi_{\text{ref}}(y_w \mid x)} \right) \right]",
    r"\begin{aligned} z_t &= \sigma(W_z x_t + U_z h_{t-1}) \\ h_t &= (1 - z_t) \odot h_{t-1} + z_t"
    r" \odot \tilde{h}_t \end{aligned}",
    r"P(y \mid x) = \frac{1}{Z(x)} \exp \sum_{k} \lambda_k f_k(y, x)",
    r"I(X; Y) = \sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(x) p(y)}",
    r"\mathbf{A} = \mathbf{U} \boldsymbol{\Sigma} \mathbf{V}^{\mathsf T}",
    r"\lVert x \rVert_p = \left( \sum_{i=1}^{n} \lvert x_i \rvert^p \right)^{1/p}",
    r"\sigma(x) = \frac{1}{1 + e^{-x}}, \quad \sigma'(x) = \sigma(x) (1 - \sigma(x))",
    r"p(x) = \frac{1}{\sqrt{(2\pi)^k \lvert \Sigma \rvert}} \, e^{-\frac12 (x - \mu)^\top"
    r" \Sigma^{-1} (x - \mu)}",
    r"\mathcal{O}(n^2 d) \ll \Omega(n \log n) = \Theta(1)",
)
"""What this deck is about."""

GOOD = (
    *LEARNING,
    "x",
    "E = mc^2",
    r"\alpha + \beta \le \gamma \neq \infty",
    "f'(x) + f''(x) = g'''(x)",
    "y'^2 + {a^b}^c + {a_b}_c",
    r"\dot{x} + \ddot{y} + \vec{v} + \overline{AB} + \widehat{abc}",
    r"a < b > c, \; 50\% \; \# \; \$ \; \& \; \_ \; \{x\}",
    r"\ce{H2O}",
    r"\ce{CO2 + C -> 2 CO}",
    r"\ce{Zn^2+ <=>[+ 2OH-][+ 2H+] Zn(OH)2 v}",
    r"\ce{^{227}_{90}Th+}",
    r"\pu{123 kJ mol-1}",
    r"\pu{1.2e3 kg m^2/s}",
    r"\mathbb{R} \subset \mathbb C",
    r"\mathcal{L} \mathfrak{g} \mathscr{F} \mathsf{A} \mathtt{x} \mathrm{d}x",
    r"\begin{cases} x & \text{if } x \ge 0 \\ -x & \text{otherwise} \end{cases}",
    r"\begin{dcases} \frac{a}{b} & b \ne 0 \\ 0 & b = 0 \end{dcases}",
    r"\begin{rcases} a \\ b \end{rcases} \Rightarrow c",
    r"\begin{cases*} 1 & if $x > 0$ \\ 0 & else \end{cases*}",
    r"\begin{numcases}{f(x) =} 1 & x rational \\ 0 & otherwise \end{numcases}",
    r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}",
    r"\begin{pmatrix} a & \cdots & b \\ \vdots & \ddots & \vdots \\ c & \cdots & d \end{pmatrix}",
    r"\begin{vmatrix} a & b \\ c & d \end{vmatrix} = ad - bc",
    r"\begin{bmatrix*}[r] -1 & 2 \\ 3 & -4 \end{bmatrix*}",
    r"\bigl(\begin{smallmatrix} a & b \\ c & d \end{smallmatrix}\bigr)",
    r"\begin{psmallmatrix} a & b \end{psmallmatrix}",
    r"\text{中文}",
    r"\text{若 } x > 0 \text{，则 } y = 1",
    r"\text{if $x$ is \textbf{odd}}",
    r"\mbox{a \(b\) c}",
    r"\begin{aligned} a &= b + c \\ &= d \end{aligned}",
    r"\begin{alignedat}{2} a &= b & \quad c &= d \end{alignedat}",
    r"\begin{gathered} a = b \\ c = d + e \end{gathered}",
    r"\begin{align} a &= b \\ c &= d \end{align}",
    r"\begin{align*} a &= b \\[2pt] c &= d \end{align*}",
    r"\begin{gather} a \\ b \end{gather}",
    r"\begin{equation} a = b \end{equation}",
    r"\begin{split} a &= b \\ &= c \end{split}",
    r"\begin{eqnarray} a & = & b \end{eqnarray}",
    r"\begin{multlined} a + b \\ + c \end{multlined}",
    r"\begin{array}{l|cr} a & b & c \\ \hline 1 & 2 & 3 \end{array}",
    r"\begin{array}{c@{\;=\;}c} a & b \\[1ex] c & d \end{array}",
    r"\begin{array}{cc} \rowcolor{yellow} a & b \\ c & \cellcolor{red} d \end{array}",
    r"\sum_{\substack{0 < i < m \\ 0 < j < n}} P(i, j)",
    r"\sum_{\begin{subarray}{l} i \in \Lambda \\ 0 < j \end{subarray}} x",
    r"\operatorname*{arg\,min}_\theta L(\theta)",
    r"\operatorname{sgn} x",
    r"A \xrightarrow[\text{below}]{f} B \xleftarrow{g} C \xmapsto{} D \xlongequal{h} E",
    r"\boldsymbol{\beta} + \boldsymbol{x} + \pmb{y}",
    r"\cancel{x} + \bcancel{y} + \xcancel{z} + \cancelto{0}{w}",
    r"\color{red} x + \textcolor{blue}{y} + \textcolor[rgb]{0.1,0.5,1}{z}",
    r"\colorbox{yellow}{$x$} + \fcolorbox{red}{white}{y}",
    r"\color{#f80}{x}",
    r"\bra{\phi} \hat{H} \ket{\psi} = \braket{\phi | \psi}",
    r"\Set{ x \in X | \frac{x}{2} > 1 }",
    r"\underbrace{a + b}_{n} + \overbrace{c + d}^{m}",
    r"\underbracket{x}_{a} + \overset{!}{=} \underset{x}{\max} \stackrel{\text{def}}{=}",
    r"x^2 + 1 \tag{1}",
    r"x^2 \tag*{(*)}",
    r"x \label{eq:one} \tag{1a}",
    r"\sideset{_a^b}{_c^d}\sum_{i=1}^{n} x",
    r"{}^{14}_{6}\mathrm{C}",
    r"\sum_{\mathclap{1 \le i \le j \le n}} x_{ij}",
    r"\mathllap{x} \mathrlap{y} z \cramped{x^2}",
    r"a \coloneqq b \eqqcolon c \Coloneqq d",
    r"\begin{CD} A @>f>> B \\ @VgVV @VVhV \\ C @>>k> D \end{CD}",
    r"\begin{prooftree} \AxiomC{$A$} \AxiomC{$B$} \RightLabel{$\land$} \BinaryInfC{$A \land B$}"
    r" \end{prooftree}",
    r"\verb|a_b| + \verb+x+",
    r"\unicode{x263A} + \unicode{65}",
    r"\href{https://example.com/a_b}{x}",
    r"\class{a}{x} + \style{color: red}{y} + \cssId{b}{z}",
    r"a \not= b \not\in C \notin D \centernot\implies E",
    r"\left. \frac{\mathrm{d}f}{\mathrm{d}x} \right|_{x=0}",
    r"\left\{ x \middle| \frac{x}{2} > 1 \right\}",
    r"\left( \frac{a}{b} \right] \left\langle x \right\rangle \left\lVert y \right\rVert",
    r"\bigl( \Big[ \biggl\{ x \biggr\} \Big] \bigr)",
    r"\genfrac{[}{]}{0pt}{0}{n}{k} + \genfrac{}{}{}{}{a}{b}",
    r"\cfrac{1}{1 + \cfrac{1}{1 + x}} + \cfrac[l]{a}{b}",
    r"\dfrac{a}{b} + \tfrac{c}{d} + \binom{n}{k} + \dbinom{n}{k} + \tbinom{n}{k}",
    r"a \over b",
    r"{n \choose k} + {a \atop b}",
    r"\sqrt[3]{x} + \sqrt{\sqrt y} + \root n \of z",
    r"\sqrt[\uproot{2} \leftroot{1} 3]{x}",
    r"\sum\limits_{i} x + \int\nolimits_a^b + \iint + \oint + \prod_{k}",
    r"\lim_{n \to \infty} \inf_{x} \sup_{y} \max_z \det A \Pr(B)",
    r"10 \bmod 3 \equiv 1 \pmod 3 \mod 5",
    r"a \quad b \qquad c \, d \; e \! f \: g \ h ~ i",
    r"\hspace{1em} x \kern 2pt y \mkern 3mu z \hskip 1ex w",
    r"\rule{1em}{2pt} \raise 2pt {x} \lower 1ex {y}",
    r"\phantom{x} \hphantom{y} \vphantom{\frac{a}{b}} \smash{z} \mathstrut",
    r"\boxed{E = mc^2} + \fbox{text} + \bbox[yellow, 2px, border: 1px solid]{x}",
    r"\enclose{circle}{x} + \enclose{horizontalstrike}[mathcolor=\"red\"]{y}".replace('\\"', '"'),
    r"\upalpha + \upbeta + \Uppi",
    r"20 \degree \ohm \micro \celsius \perthousand",
    r"\texteuro \textdegree \textmu",
    r"\displaystyle \sum_i x_i \textstyle \sum_i x_i \scriptstyle a",
    r"\mathop{\mathrm{foo}}\limits_x + \mathbin{|} + \mathrel{R}",
    r"\mathchoice{a}{b}{c}{d}",
    r"\begin{empheq}[left=\empheqlbrace]{align} a &= b \\ c &= d \end{empheq}",
    r"\begin{spreadlines}{1em} \begin{gathered} a \\ b \end{gathered} \end{spreadlines}",
    r"\begin{aligned} a &= b \\ &\vdotswithin{=} \\ &= c \end{aligned}",
    r"\begin{multline} a + b \\ + c \end{multline}",
    r"\matrix{a & b \cr c & d} + \pmatrix{a \cr b} + \cases{a & if $b$ \cr c & else}",
    r"\displaylines{a \\ b} \eqalign{a &= b}",
    r"\skew{3}{\hat}{A} + \buildrel \text{def} \over =",
    r"\mathtip{x}{y} + \texttip{x}{words} + \toggle{a}{b}\endtoggle",
    r"\mmlToken{mo}[stretchy=false]{(}",
    r"\dots, \ldots, \cdots, \dotsb + \dotsc",
    r"\forall x \, \exists y : x \le y \iff \lnot (x > y) \implies \top",
    "x % a remark\n+ y",
    r"{{x}} + {} + {{{y}}}",
    "中 + 文",
    r"\int_0^\infty e^{-x^2} \, \mathrm{d}x = \frac{\sqrt{\pi}}{2}",
    r"\iint_D f \, dA, \; \iiint_V g \, dV, \; \oint_C h \cdot dr, \; \idotsint",
    r"\nabla \times \mathbf{E} = -\frac{\partial \mathbf{B}}{\partial t}",
    r"i\hbar \frac{\partial}{\partial t} \Psi = \hat{H} \Psi",
    r"\zeta(s) = \prod_p \frac{1}{1 - p^{-s}}, \quad \Re(s) > 1",
    r"\varnothing \ne A \subseteq B \cap C \cup D \setminus E",
    r"f \colon X \to Y, \; x \mapsto x^2, \; g \circ f",
    r"\lceil x \rceil + \lfloor y \rfloor + \lvert z \rvert",
    r"\langle x, y \rangle \perp \parallel \angle ABC \triangle",
    r"\overrightarrow{AB} + \overleftarrow{CD} + \underline{x} + \overline{\overline{y}}",
    r"\hat a \check b \breve c \acute d \grave e \tilde f \bar g \mathring h \dddot i",
    r"\aleph_0 \ell \wp \Im \partial \hbar \imath \jmath",
    r"\hookrightarrow \longmapsto \rightleftharpoons \leadsto \upharpoonright \nRightarrow",
    r"\leqslant \geqslant \lesssim \gtrapprox \precsim \trianglelefteq \Vdash \therefore",
    r"\boxplus \boxtimes \circledast \ltimes \intercal \barwedge",
    r"\pm \mp \times \div \cdot \ast \star \oplus \otimes \wr \amalg",
    r"\bigcup_{i} \bigcap_{j} \bigoplus_{k} \bigvee \biguplus \coprod",
    r"\sum_{i=1}^n i = \frac{n(n+1)}{2}, \quad \prod_{i=1}^{n} i = n!",
    r"\lim_{x \to 0^+} \frac{\sin x}{x} = 1",
    r"\limsup_{n} a_n \ge \liminf_{n} a_n, \; \varlimsup \varliminf \injlim \projlim",
    r"\left[\begin{array}{cc|c} 1 & 0 & a \\ 0 & 1 & b \end{array}\right]",
    r"\begin{Bmatrix} a \\ b \end{Bmatrix} \begin{Vmatrix} c \end{Vmatrix}",
    r"\begin{array}{|c|c|} \hline a & b \\ \hdashline c & d \\ \hline \end{array}",
    r"\begin{aligned}[t] a &= b \\ c &= d \end{aligned}",
    r"\begin{aligned} & a \\ & b \nonumber \\ & c \notag \end{aligned}",
    r"\begin{flalign} a &= b & c &= d \end{flalign}",
    r"\begin{alignat*}{2} a &= b &\quad c &= d \end{alignat*}",
    r"\left( \left[ \left\{ \left| \left\| x \right\| \right| \right\} \right] \right)",
    r"\left/ x \right\backslash \left\uparrow y \right\downarrow",
    r"\left\lbrace x \right\rbrace \left\lgroup y \right\rgroup \left\lvert z \right\rvert",
    r"\text{a} \textit{b} \textbf{c} \texttt{d} \textrm{e} \textsf{f}",
    r"\tiny a \small b \normalsize c \large d \Large e \LARGE f \huge g \Huge h",
    r"\ce{SO4^2- + Ba^2+ -> BaSO4 v}",
    r"\ce{A \bond{-} B \bond{=} C \bond{~} D}",
    r"\ce{x Na(NH4)HPO4 ->[\Delta] (NaPO3)_x + x NH3 ^ + x H2O}",
    r"x^{2^{3^4}}_{a_{b_c}}",
    r"x\_y \% \$ \# \& \{ \}",
    r"\mathrm{e}^{\mathrm{i}\pi} + 1 = 0",
    r"2^{10} = 1{,}024",
    r"a\;\overset{\text{def}}{=}\;b",
    r"\underset{\theta}{\operatorname{arg\,max}}",
    r"\dfrac{\mathrm{d}y}{\mathrm{d}x}\bigg|_{x=0}",
    r"\sqrt{1+\sqrt{1+\sqrt{1+\cdots}}}",
)
"""What MathJax typesets without an error."""

WRONG = (
    Wrong(
        "AmbiguousUseOf",
        r"\atop is used twice in one group: put braces around one of them",
        (r"{a \atop b ‸\atop c}",),
    ),
    Wrong(
        "AmbiguousUseOf",
        r"\over is used twice in one group: put braces around one of them",
        (
            r"a \over b ‸\over c",
            r"{a \choose b ‸\over c}",
        ),
    ),
    Wrong(
        "BadMathStyleFor",
        r"the fourth argument of \genfrac must be 0, 1, 2 or 3",
        (r"‸\genfrac{(}{)}{0pt}{5}{a}{b}",),
    ),
    Wrong(
        "BadProofTree",
        r"a rule has fewer premises before it than it takes: add \AxiomC{$…$}",
        (r"\begin{prooftree} ‸\UIC{b} \end{prooftree}",),
    ),
    Wrong("BadUnicode", r"\unicode needs a number, such as \unicode{x263A}", (r"\unicode‸{x}",)),
    Wrong(
        "BetweenLines",
        r"\ArrowBetweenLines must stand in a row of its own",
        (r"\begin{aligned} a & ‸\ArrowBetweenLines \end{aligned}",),
    ),
    Wrong(
        "BracketMustBeDimension",
        r"[…] behind \\ is the space to the next row, such as [1em]: write \\{} before a [ "
        "that is shown",
        (r"a ‸\\[b] c",),
    ),
    Wrong("CantUseHash1", r"# stands for an argument only in a macro: write \#", ("a ‸# b",)),
    Wrong(
        "ColumnColorNotTop",
        r"\columncolor must stand in the first row",
        (r"\begin{array}{c} a \\ ‸\columncolor{red} b \end{array}",),
    ),
    Wrong(
        "CommandAtTheBeginingOfLine",
        r"\shoveleft must stand at the beginning of its row",
        (r"\begin{multline} a ‸\shoveleft{b} \end{multline}",),
    ),
    Wrong(
        "CommandInMultlined",
        r"\shoveleft works only in multline and multlined: remove it",
        (r"‸\shoveleft{b}",),
    ),
    Wrong(
        "CommandNotAllowedInEnv",
        r"\tag has no place in aligned: write align* or gather* in its place",
        (r"\begin{aligned} a ‸\tag{1} \end{aligned}",),
    ),
    Wrong(
        "Definition",
        r"\DeclareMathOperator would hold for other cards as well, and not for all: use "
        "[formulas.macros] in deck.toml",
        (r"‸\DeclareMathOperator{\foo}{foo}",),
    ),
    Wrong(
        "Definition",
        r"\def would hold for other cards as well, and not for all: use [formulas.macros] in "
        "deck.toml",
        (r"‸\def\x{y} \x",),
    ),
    Wrong(
        "Definition",
        r"\definecolor would hold for other cards as well, and not for all: write the color "
        r"where it is used, as in \color[rgb]{1,0.5,0}",
        (r"‸\definecolor{x}{rgb}{1,0,0}",),
    ),
    Wrong(
        "Definition",
        r"\let would hold for other cards as well, and not for all: use [formulas.macros] in "
        "deck.toml",
        (r"‸\let\x=y",),
    ),
    Wrong(
        "Definition",
        r"\newcommand would hold for other cards as well, and not for all: use "
        "[formulas.macros] in deck.toml",
        (r"‸\newcommand{\R}{\mathbb{R}} \R",),
    ),
    Wrong(
        "Definition",
        r"\newenvironment would hold for other cards as well, and not for all: write the "
        "environment out",
        (r"‸\newenvironment{x}{}{}",),
    ),
    Wrong(
        "Definition",
        r"\unicode[…] would hold for other cards as well, and not for all: "
        r"write \unicode{x263A}, and no font",
        (r"‸\unicode[serif]{65}",),
    ),
    Wrong(
        "Definition",
        r"\require would hold for other cards as well, and not for all: "
        "write the formula without the package",
        (r"‸\require{physics}",),
    ),
    Wrong(
        "Definition",
        r"\usetagform would hold for other cards as well, and not for all: remove it",
        (r"‸\usetagform{x}",),
    ),
    Wrong(
        "DoubleExponent",
        "a second superscript: write {a^b}^c or a^{b^c}",
        (
            "a^b‸^c",
            r"\frac{a}{b}^2‸^3",
        ),
    ),
    Wrong(
        "DoubleExponentPrime",
        "a prime behind a superscript: write a'^b or {a^b}'",
        (
            "a'^b‸'",
            "x^2‸'",
        ),
    ),
    Wrong(
        "DoubleSubscripts",
        "a second subscript: write {a_b}_c or a_{b_c}",
        (
            "a_b‸_c",
            r"\sum_i‸_j",
        ),
    ),
    Wrong(
        "EnvBadEnd",
        r"\begin{aligned} is ended by \end{align}: make the two names equal",
        (r"\begin{aligned} a &= b ‸\end{align}",),
    ),
    Wrong(
        "EnvBadEnd",
        r"\begin{bmatrix} is ended by \end{pmatrix}: make the two names equal",
        (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 ‸\end{pmatrix}",),
    ),
    Wrong(
        "EnvMissingEnd",
        r"\begin{CD} is never ended: add \end{CD}",
        (r"‸\begin{CD} A @>{f}>> B \\ C @>>> D",),
    ),
    Wrong(
        "EnvMissingEnd",
        r"\begin{aligned} is never ended: add \end{aligned}",
        (r"‸\begin{aligned} a &= b",),
    ),
    Wrong(
        "EnvMissingEnd",
        r"\begin{prooftree} is never ended: add \end{prooftree}",
        (r"‸\begin{prooftree} \AXC{b}",),
    ),
    Wrong(
        "ErroneousNestingEq",
        "an environment of equations stands within another: write aligned, gathered or split "
        "for the inner one",
        (r"\begin{align} ‸\begin{gather} x \end{gather} \end{align}",),
    ),
    Wrong(
        "ExtraAlignTab",
        "a second & in a row, which takes one: remove it",
        (
            r"\cases{a ‸& b & c}",
            r"\begin{cases*} a ‸& b & c \end{cases*}",
        ),
    ),
    Wrong(
        "ExtraCasesAlignTab",
        "a second & in a row, which takes one: remove it",
        (r"\begin{numcases}{f} a ‸& b & c \end{numcases}",),
    ),
    Wrong(
        "ExtraCloseLooking", "} stands where ']' is missing: add ']' before it", (r"{\sqrt[3 x‸}",)
    ),
    Wrong(
        "ExtraCloseLooking", r"} stands where \of is missing: add \of before it", (r"{\root 3 x‸}",)
    ),
    Wrong(
        "ExtraCloseMissingOpen",
        r"\begin{aligned} is never ended: add \end{aligned}",
        (r"{ ‸\begin{aligned} a } \end{aligned}",),
    ),
    Wrong(
        "ExtraCloseMissingOpen",
        r"\left has no \right in its group: add \right), or \right. for none",
        (r"{ ‸\left( x } \right)",),
    ),
    Wrong(
        "ExtraCloseMissingOpen",
        "^ or _ has nothing behind it: add what is raised or lowered",
        ("{x‸^}",),
    ),
    Wrong(
        "ExtraCloseMissingOpen",
        "what stands before } lacks an argument: add {…}",
        (
            r"{‸\sqrt}",
            r"x^{\frac{a‸}}",
        ),
    ),
    Wrong(
        "ExtraLeftMissingRight",
        r"\left has no \right in its group: add \right), or \right. for none",
        (
            r"‸\left( x",
            r"‸\left( x ]",
            r"‸\left(a\left(b\right)",
            r"\overset{!}{‸\left( a}{b}",
        ),
    ),
    Wrong(
        "ExtraMiddle",
        r"\middle stands outside \left and \right: write \vert, or add both",
        (r"‸\middle| x",),
    ),
    Wrong(
        "ExtraOpenMissingClose",
        "{ is never closed: add }",
        (r"\begin{empheq}[left=\{]‸{align} a \end{empheq}",),
    ),
    Wrong("IllegalAlign", r"\cfrac takes [l] or [r] only", (r"‸\cfrac[x]{1}{2}",)),
    Wrong(
        "IllegalProofCommand",
        r"a command of proofs stands outside \begin{prooftree}: add it",
        (r"‸\AXC{a}",),
    ),
    Wrong(
        "IllegalUseOfCommand",
        r"\Axiom takes $… \fCenter …$: write so, or \AxiomC{$…$}",
        (
            r"\begin{prooftree} ‸\Axiom{a} \end{prooftree}",
            r"\begin{prooftree} ‸\Axiom$a$ \end{prooftree}",
        ),
    ),
    Wrong("IntegerArg", r"\uproot needs a whole number", (r"\sqrt[‸\uproot{x} 3]{x}",)),
    Wrong(
        "InvalidBBoxProperty",
        "! is no color, padding (2px) or style (border: 1px solid)",
        (r"\bbox[!]‸{x}",),
    ),
    Wrong(
        "InvalidDecimalNumber",
        "a color has numbers from 0 to 1, such as [rgb]{1,0.5,0}",
        (
            r"\color[rgb]‸{a,b,c}{x}",
            r"\color[gray]‸{x}{x}",
        ),
    ),
    Wrong(
        "InvalidEnv",
        r"\alpha is no name of an environment: write \begin{aligned}",
        (r"‸\begin{\alpha} x \end{\alpha}",),
    ),
    Wrong("InvalidMathMLAttr", "=1 is no attribute: write name=value", (r"\mmlToken{mo}[=1]‸{x}",)),
    Wrong(
        "InvalidNumber",
        "a color of the model RGB has numbers from 0 to 255, such as {255,128,0}",
        (r"\color[RGB]‸{a,0,0}{x}",),
    ),
    Wrong(
        "InvalidOption",
        "empheq has no option x: write left=… or right=…",
        (r"\begin{empheq}[x=1]‸{align} a \end{empheq}",),
    ),
    Wrong(
        "MathNotTerminated",
        r"$ or \( in the text opens a formula that has no end: add $ or \)",
        (
            r"\text‸{a $x}",
            r"\text‸{a \(x}",
            r"\mbox‸{a $b$ $c}",
        ),
    ),
    Wrong(
        "MhchemBugT",
        r"\bond takes -, =, #, ~, ... or ->, as in \bond{...}",
        (r"\ce‸{A\bond{foo}B}",),
    ),
    Wrong(
        "Misplaced",
        r"& stands outside a table: write \&, or put it into aligned, cases or a matrix",
        (
            "a ‸& b",
            r"\begin{equation} a ‸& b \end{equation}",
        ),
    ),
    Wrong(
        "Misplaced",
        r"\hline stands where it has no meaning: remove it",
        (
            r"‸\hline",
            r"\begin{array}{c} a ‸\hline \end{array}",
        ),
    ),
    Wrong(
        "Misplaced",
        r"\left and \right stand in different rows or cells: write \bigl( and \bigr)",
        (r"\begin{array}{cc} ‸\left( a & b \right) \end{array}",),
    ),
    Wrong(
        "MisplacedLimits",
        r"\limits must follow an operator, such as \sum",
        (
            r"‸\limits_a",
            r"x‸\limits_a",
        ),
    ),
    Wrong(
        "MisplacedLimits", r"\nolimits must follow an operator, such as \sum", (r"‸\nolimits x",)
    ),
    Wrong(
        "MisplacedMoveRoot",
        r"\uproot works only in the [ ] of \sqrt: remove it",
        (r"‸\uproot{2} x",),
    ),
    Wrong(
        "MissingArgFor",
        r"\begin lacks an argument: add {…}",
        (
            r"‸\begin",
            r"‸\begin{array}",
        ),
    ),
    Wrong("MissingArgFor", r"\binom lacks an argument: add {…}", (r"‸\binom{n}",)),
    Wrong(
        "MissingArgFor",
        r"\frac lacks an argument: add {…}",
        (
            r"x + ‸\frac",
            r"‸\frac{a}",
            r"\text{$‸\frac{a}$}",
        ),
    ),
    Wrong("MissingArgFor", r"\mathbb lacks an argument: add {…}", (r"‸\mathbb",)),
    Wrong(
        "MissingArgFor",
        r"\sqrt lacks an argument: add {…}",
        (
            r"‸\sqrt",
            r"\frac{‸\sqrt}{b}",
            r"\sqrt[‸\sqrt]{x}",
            r"\text{$‸\sqrt$}",
        ),
    ),
    Wrong("MissingArgFor", r"\verb lacks an argument: add {…}", (r"‸\verb",)),
    Wrong("MissingArgFor", r"\xrightarrow lacks an argument: add {…}", (r"‸\xrightarrow",)),
    Wrong(
        "MissingBeginExtraEnd",
        r"\end{aligned} ends nothing here: remove it, or add \begin{aligned}",
        (r"a ‸\end{aligned}",),
    ),
    Wrong(
        "MissingBeginExtraEnd",
        r"\end{align} ends nothing here: remove it, or add \begin{align}",
        (r"\begin{align} a \end{align} b ‸\end{align}",),
    ),
    Wrong(
        "MissingBeginExtraEnd",
        r"\left has no \right in its group: add \right), or \right. for none",
        (r"\begin{matrix} a \\ ‸\left[ b \end{matrix}",),
    ),
    Wrong(
        "MissingBeginExtraEnd",
        "^ or _ has nothing behind it: add what is raised or lowered",
        (r"\begin{aligned} x‸_ \end{aligned}",),
    ),
    Wrong(
        "MissingBeginExtraEnd",
        r"{ is closed only behind \end{cases}: add } before that",
        (r"\begin{cases} ‸{ a \end{cases} }",),
    ),
    Wrong("MissingBoxFor", r"\raise must be followed by {…}", (r"‸\raise 1em",)),
    Wrong("MissingCloseBrace", "{ is never closed: add }", (r"\matrix{a \right‸)}",)),
    Wrong(
        "MissingCloseBracket",
        r"[ behind \begin is never closed: add ]",
        (r"‸\begin{bmatrix*}[r a & b \end{bmatrix*}",),
    ),
    Wrong("MissingCloseBracket", r"[ behind \sqrt is never closed: add ]", (r"‸\sqrt[3 x",)),
    Wrong(
        "MissingCloseBracket",
        r"[ behind \xrightarrow is never closed: add ]",
        (r"‸\xrightarrow[a",),
    ),
    Wrong(
        "MissingDimOrUnits", r"\above needs a length with its unit, such as 1em", (r"‸\above x",)
    ),
    Wrong(
        "MissingDimOrUnits",
        r"\begin needs a length with its unit, such as 1em",
        (r"‸\begin{spreadlines}{x} a \end{spreadlines}",),
    ),
    Wrong(
        "MissingDimOrUnits", r"\hskip needs a length with its unit, such as 1em", (r"‸\hskip 2",)
    ),
    Wrong(
        "MissingDimOrUnits",
        r"\hspace needs a length with its unit, such as 1em",
        (
            r"‸\hspace{3}",
            r"\MoveEqLeft[x‸] a",
        ),
    ),
    Wrong("MissingDimOrUnits", r"\kern needs a length with its unit, such as 1em", (r"‸\kern x",)),
    Wrong(
        "MissingDimOrUnits", r"\lower needs a length with its unit, such as 1em", (r"‸\lower 2",)
    ),
    Wrong(
        "MissingDimOrUnits", r"\mkern needs a length with its unit, such as 1em", (r"‸\mkern 5",)
    ),
    Wrong(
        "MissingDimOrUnits", r"\raise needs a length with its unit, such as 1em", (r"‸\raise x",)
    ),
    Wrong(
        "MissingDimOrUnits", r"\rule needs a length with its unit, such as 1em", (r"‸\rule{1em}",)
    ),
    Wrong(
        "MissingLeftExtraRight",
        r"\begin{aligned} is never ended: add \end{aligned}",
        (r"\left( ‸\begin{aligned} a \right) \end{aligned}",),
    ),
    Wrong(
        "MissingLeftExtraRight",
        r"\right has no \left in its group: add \left(, or \left. for none",
        (r"x ‸\right)",),
    ),
    Wrong(
        "MissingLeftExtraRight",
        "^ or _ has nothing behind it: add what is raised or lowered",
        (r"\left( x‸^ \right)",),
    ),
    Wrong(
        "MissingLeftExtraRight",
        r"{ is closed only behind \right: add } before that",
        (r"\left( ‸{a \right) }",),
    ),
    Wrong(
        "MissingOpenForSub",
        "_ cannot take what stands behind it: put braces around that, _{…}",
        (
            r"x_‸\textstyle y",
            "x_‸_y",
        ),
    ),
    Wrong(
        "MissingOpenForSup",
        "^ cannot take what stands behind it: put braces around that, ^{…}",
        (
            r"x^‸\sin y",
            r"x^‸\not=",
            "x^‸^y",
            "x^‸'",
        ),
    ),
    Wrong(
        "MissingOpenForSup",
        "^ or _ has nothing behind it: add what is raised or lowered",
        (r"\begin{aligned} x‸^& y \end{aligned}",),
    ),
    Wrong(
        "MissingOrUnrecognizedDelim",
        r"\big needs a bracket behind it, such as ( or \{, or . for none",
        (r"‸\big",),
    ),
    Wrong(
        "MissingOrUnrecognizedDelim",
        r"\bigl needs a bracket behind it, such as ( or \{, or . for none",
        (r"‸\bigl x",),
    ),
    Wrong(
        "MissingOrUnrecognizedDelim",
        r"\genfrac needs a bracket behind it, such as ( or \{, or . for none",
        (r"‸\genfrac{x}{)}{0pt}{1}{a}{b}",),
    ),
    Wrong(
        "MissingOrUnrecognizedDelim",
        r"\left needs a bracket behind it, such as ( or \{, or . for none",
        (
            r"‸\left x",
            r"‸\left\alpha x \right)",
        ),
    ),
    Wrong(
        "MissingOrUnrecognizedDelim",
        r"\middle needs a bracket behind it, such as ( or \{, or . for none",
        (r"\left( a ‸\middle b \right)",),
    ),
    Wrong(
        "MissingOrUnrecognizedDelim",
        r"\right needs a bracket behind it, such as ( or \{, or . for none",
        (r"\left< x ‸\right",),
    ),
    Wrong(
        "MissingScript",
        "^ or _ has nothing behind it: add what is raised or lowered",
        (
            "x‸^",
            "x‸_",
            r"\sqrt{x‸^}",
        ),
    ),
    Wrong(
        "ModelArg1",
        "a color of the model rgb has three numbers, such as {0,0,0}",
        (r"\color[rgb]‸{1}{x}",),
    ),
    Wrong(
        "ModelArg2",
        "a color of the model RGB has numbers from 0 to 255",
        (r"\color[RGB]‸{300,0,0}{x}",),
    ),
    Wrong(
        "ModelArg2",
        "a color of the model rgb has numbers from 0 to 1",
        (r"\color[rgb]‸{2,0,0}{x}",),
    ),
    Wrong(
        "MultipleBBoxProperty",
        r"\bbox has two values of one kind: keep one",
        (r"‸\bbox[1em,2em]{x}",),
    ),
    Wrong("MultipleCommand", r"a second \tag: keep one", (r"\tag{1} ‸\tag{2}",)),
    Wrong(
        "MultipleMoveRoot", r"a second \uproot: keep one", (r"\sqrt[\uproot{2}‸\uproot{3} 3]{x}",)
    ),
    Wrong(
        "MultlineRowsOneCol",
        "a row of multline has no &: remove it, or write aligned",
        (
            r"\begin{multline} a & b ‸\end{multline}",
            r"\begin{multlined} a & b ‸\end{multlined}",
        ),
    ),
    Wrong(
        "NoClosingDelim",
        r"\verb is never closed: end it with the character that it began with",
        (r"‸\verb|a",),
    ),
    Wrong("NotANumber", r"\xmathstrut needs a number", (r"‸\xmathstrut{y}",)),
    Wrong(
        "NotInAlignment",
        r"\ArrowBetweenLines works only in aligned and the like: put the formula into it",
        (r"‸\ArrowBetweenLines",),
    ),
    Wrong(
        "NotInAlignment",
        r"\MTFlushSpaceAbove works only in aligned and the like: put the formula into it",
        (r"‸\shortvdotswithin{=}",),
    ),
    Wrong("NotMathMLToken", "foo is no token: write mi, mn, mo or mtext", (r"\mmlToken{foo}‸{x}",)),
    Wrong(
        "PositiveIntegerArg",
        r"\begin{alignat} needs the number of its columns, such as {2}",
        (r"‸\begin{alignat}{x} a \end{alignat}",),
    ),
    Wrong(
        "PositiveIntegerArg",
        r"\begin{alignedat} needs the number of its columns, such as {2}",
        (r"‸\begin{alignedat}{-1} a \end{alignedat}",),
    ),
    Wrong(
        "RowColorNotFirst",
        r"\rowcolor must stand at the beginning of its row",
        (r"\begin{array}{cc} a & ‸\rowcolor{red} b \end{array}",),
    ),
    Wrong(
        "TokenNotFoundForCommand",
        r"\buildrel takes its arguments up to \over: add it",
        (r"‸\buildrel a b",),
    ),
    Wrong(
        "TokenNotFoundForCommand", r"\root takes its arguments up to \of: add it", (r"‸\root 3 x",)
    ),
    Wrong(
        "TokenNotFoundForCommand",
        "an arrow has its mark three times, as in @>>> or @>f>>: add what lacks",
        (r"\begin{CD} A @>> B ‸\end{CD}",),
    ),
    Wrong(
        "TypeError",
        r"\prescript fails in Anki's MathJax: write {}^{14}_{6}\mathrm{C}",
        (r"‸\prescript{14}{6}{\mathrm{C}}",),
    ),
    Wrong(
        "TypeError",
        r"\vdotswithin works only in aligned and the like: put the formula into it",
        (r"‸\vdotswithin{=}",),
    ),
    Wrong(
        "UnsafeStyle",
        "a style with url may load something from elsewhere: remove it",
        (
            r"a + \style{background: ‸url(https://a.b/c)}{x}",
            r"\bbox[background: ‸url(https://a.b/c)]{x}",
            r"\fcolorbox{red; background: ‸url(https://a.b/c)}{white}{x}",
        ),
    ),
    Wrong(
        "UnsafeStyle",
        "a style with \\ may load something from elsewhere: remove it",
        (r"a + \style{color: red; back‸\ground: url(https://a.b/c)}{x}",),
    ),
    Wrong(
        "UndefinedColorModel",
        "color model foo is unknown: write rgb, RGB or gray",
        (r"\color[foo]‸{1}{x}",),
    ),
    Wrong(
        "UndefinedControlSequence",
        r"undefined control sequence \SI: siunitx is not in Anki: write the number and "
        r"\,\mathrm{unit}",
        (r"‸\SI{3}{m}",),
    ),
    Wrong(
        "UndefinedControlSequence",
        r"undefined control sequence \alhpa. Did you mean \alpha?",
        (r"‸\alhpa",),
    ),
    Wrong(
        "UndefinedControlSequence",
        r"undefined control sequence \argmax: write \operatorname*{arg\,max}, or define it "
        "under [formulas.macros] in deck.toml",
        (r"‸\argmax_x",),
    ),
    Wrong(
        "UndefinedControlSequence",
        r"undefined control sequence \bm: write \boldsymbol, or define it under "
        "[formulas.macros] in deck.toml",
        (r"‸\bm{x}",),
    ),
    Wrong(
        "UndefinedControlSequence",
        r"undefined control sequence \foo: write it out, or define it under [formulas.macros] "
        "in deck.toml",
        (
            r"‸\foo",
            r"\mathbf{‸\foo}",
            r"\text{$‸\foo$}",
            r"\left‸\foo x \right)",
            r"\sqrt[‸\foo]{x}",
        ),
    ),
    Wrong(
        "UndefinedControlSequence",
        r"undefined control sequence \intertext: end the environment before the text, or "
        r"write it as a row, \text{…} \\",
        (r"‸\intertext{foo}",),
    ),
    Wrong(
        "UndefinedControlSequence",
        r"undefined control sequence \langl. Did you mean \langle?",
        (r"\Bigg‸\langl x",),
    ),
    Wrong(
        "UnknownAttrForElement",
        "mo has no attribute foo: remove it",
        (r"\mmlToken{mo}[foo=1]‸{x}",),
    ),
    Wrong(
        "UnknownEnv",
        'unknown environment "algn". Did you mean "align"?',
        (r"‸\begin{algn} a \end{algn}",),
    ),
    Wrong(
        "UnknownEnv",
        'unknown environment "case". Did you mean "cases"?',
        (r"\begin{cases} a & b ‸\end{case}",),
    ),
    Wrong(
        "UnknownEnv",
        'unknown environment "foo": write aligned, cases or a matrix',
        (
            r"‸\begin{foo} a \end{foo}",
            r"\begin{empheq}‸{foo} a \end{empheq}",
        ),
    ),
    Wrong(
        "UnknownEnv",
        'unknown environment "tabular": write an array, or a Markdown table',
        (r"‸\begin{tabular}{c} a \end{tabular}",),
    ),
    Wrong(
        "UnknownEnv",
        'unknown environment "tikzpicture": TikZ is not in Anki: draw a picture, and show it '
        "by ![…](picture.png)",
        (r"‸\begin{tikzpicture} a \end{tikzpicture}",),
    ),
    Wrong(
        "UnsafeLink",
        r"\href links to javascript:alert(1): a card may link to https://… only",
        (r"‸\href{javascript:alert(1)}{x}",),
    ),
    Wrong(
        "UnsafeLink",
        r"\href links to notes.md: a card may link to https://… only",
        (r"‸\href{notes.md}{x}",),
    ),
    Wrong("UnsupportedHFill", r"\hfill works only in a table: write \quad", (r"‸\hfill x",)),
    Wrong(
        "UnsupportedTableColor",
        r"\cellcolor works only in a table: write \colorbox",
        (r"‸\cellcolor{red} x",),
    ),
    Wrong(
        "XalignOverflow",
        "more columns than xalignat was told of: raise its number",
        (r"\begin{xalignat}{1} a & b & c ‸\end{xalignat}",),
    ),
)
"""One error each: of many, all are told."""

UNSETTLED: Mapping[str, tuple[str, ...]] = {
    "MaxBufferSize": (r"\implies " + "x" * 5200,),
}
"""Wrong formulas by the id of the error, of which only the verdict is held fast."""

_DEFINES = r"only by \newcommand, \def and the like, which are refused"
_TAGS = r"only by \newtagform and \usetagform, which are refused"
_ARROWS = r"only by \Newextarrow, which is refused"
_SETTINGS = r"only by \setOptions; Anki has not loaded the package"
_REQUIRE = r"only by \require, which is refused"
_BUG = "only if mhchem itself is at fault"

UNREACHABLE: Mapping[str, str] = {
    "BadPackageName": _REQUIRE,
    "BadRequire": _REQUIRE,
    "CantUseHash2": _DEFINES,
    "CommandOnlyAllowedInEnv": r"mathtools has its own \shoveleft, which says CommandInMultlined",
    "DuplicateTagForm": _TAGS,
    "ExtraOrMissingDelims": "only by the package physics, which Anki has not loaded",
    "ForbiddenMathtoolsSet": r"only by \mathtoolsset, which is refused",
    "IllegalControlSequenceName": _DEFINES,
    "IllegalMacroParam": _DEFINES,
    "IllegalParamNumber": _DEFINES,
    "InvalidOptionKey": _SETTINGS,
    "InvalidTagFormDef": "only by a setting of the page, which Anki does not make",
    "InvalidTagFormID": _TAGS,
    "InvalidTexOption": _SETTINGS,
    "MaxMacroSub1": "MaxBufferSize comes first in a formula of 10,000 characters",
    "MaxMacroSub2": r"only by \newenvironment, which is refused",
    "MhchemBugA": _BUG,
    "MhchemBugP": _BUG,
    "MhchemBugU": _BUG,
    "MhchemErrorBond": "an unknown bond is a MhchemBugT before",
    "MismatchUseDef": _DEFINES,
    "MissingCS": _DEFINES,
    "MissingReplacementString": _DEFINES,
    "MultipleLabel": r"every \label is left out",
    "NewextarrowArg1": _ARROWS,
    "NewextarrowArg2": _ARROWS,
    "NewextarrowArg3": _ARROWS,
    "NotAPackage": _SETTINGS,
    "OptionNotSettable": _SETTINGS,
    "PackageNotSettable": _SETTINGS,
    "RunawayArgument": _DEFINES,
    "SequentialParam": _DEFINES,
    "TagsNotMT": _TAGS,
    "UndefinedTagForm": _TAGS,
}
"""Errors that MathJax has, and no formula of an author can raise, by their ids."""
