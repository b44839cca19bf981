"""What the notes of this repository's deck claim is computed here, and is what they say."""
