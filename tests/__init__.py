"""What a user of deckpress can rely on."""
