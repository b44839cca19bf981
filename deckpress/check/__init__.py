"""All notes → everything that is wrong with them.

`note_checks` looks at all of them together, and at matters of style. `prose` is what a learner
reads, and `chinese` how Chinese is set. `shown_html` finds text that a browser does not show,
`active_html` what a browser would run, `media_checks` addresses at which there is nothing on a
card, and `formula_checks` what is wrong with formulas.
"""
