"""Two packages compared."""
