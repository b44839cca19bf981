"""Files, folders and git."""
