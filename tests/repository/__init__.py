"""The repository itself: its docs, its plan, its deck."""
