"""What several test modules share: a module an idea."""
