"""What takes how long, and what random inputs find: each module is a command."""
