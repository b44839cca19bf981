"""Notes made of Markdown."""
