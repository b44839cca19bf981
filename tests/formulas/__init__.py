"""TeX, MathJax and what is said of formulas."""
