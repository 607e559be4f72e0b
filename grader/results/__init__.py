"""What the gradebook and the records say, told to an instructor."""
