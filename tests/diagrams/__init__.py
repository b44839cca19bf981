"""Pictures: their blocks, layout and painting."""
