"""What Obsidian adds to Markdown: embeds, links, callouts, comments and tags.

`blocks`, `spans` and `callouts` are read with the text, which `tidy` goes over then; `embeds` puts
in what `pictures` and `library` have of the other files, at the places of `places`; `vault` finds
these files, and `tags` gives notes what stands beside them.
"""
