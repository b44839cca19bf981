"""Build the deck: `python build_deck.py --help` tells how."""

from deckpress.__main__ import run

if __name__ == "__main__":
    run("build_deck.py")
