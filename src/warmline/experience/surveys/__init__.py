"""Asking customers how it was: surveys as text, who is asked when, the answers."""
