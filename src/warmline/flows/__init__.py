"""What customers meet before somebody talks with them: flows as text, checked, tried, run."""
