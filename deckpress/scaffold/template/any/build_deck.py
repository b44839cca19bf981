"""Build the deck: `python build_deck.py --help` tells how."""

from deckpress.cli import main

if __name__ == "__main__":
    main(prog_name="build_deck.py")
