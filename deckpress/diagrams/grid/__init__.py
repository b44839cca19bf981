"""The ` ```diagram ` block: rows of ids, labels and arrows → a drawing.

`language`, with `arrows`, `cells` and `labels`, reads the text into a `diagram`; `layout` gives
everything its place, by `sizes`, `tracks`, `frames`, `routes` and `placing`, and `page` adds the
title and the notes.
"""
