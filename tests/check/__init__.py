"""What is wrong with notes, reported."""
