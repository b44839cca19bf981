"""Words and scripts of languages."""
