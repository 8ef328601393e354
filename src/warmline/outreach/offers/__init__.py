"""The next best offer: who may get it, which one fits, and what it brings."""
