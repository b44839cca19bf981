"""What learners have, and how it is found again."""
