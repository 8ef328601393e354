"""Standards: what belongs into a conversation, ticked by itself where it can be read."""
