"""Anki's packages: `contents` says what one holds, `write` makes one, `read` opens one."""
