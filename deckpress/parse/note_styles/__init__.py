"""How a file writes its notes: what asks in it, what answers, and what is on no card.

`choice` tries the styles and takes one; `lists`, `headings`, `bold`, `details`, `qa` and
`vocabulary` are the styles; `asking`, `answers`, `folds`, `outline`, `sections`, `steps` and
`text_lines` are what they share.
"""
