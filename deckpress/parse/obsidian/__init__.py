"""What Obsidian adds to Markdown: embeds, links, callouts, comments and tags.

`spans` and `callouts` are what is read with the text; `tidy` and `embeds` go over the tree then;
`vault` finds the files that are meant.
"""
