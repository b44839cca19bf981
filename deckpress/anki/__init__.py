"""All that is Anki's: what it stores, and how."""
