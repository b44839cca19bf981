"""How a file writes its notes: what asks in it, what answers, and what is on no card.

`choice` tries the styles and takes one; `lists`, `headings`, `bold`, `details`, `qa` and
`vocabulary` are the styles; `asking`, `folds`, `outline` and `sections` are what they share.
"""
