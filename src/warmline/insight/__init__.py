"""What the numbers are: facts folded from the log, one definition each, and the rows behind."""
