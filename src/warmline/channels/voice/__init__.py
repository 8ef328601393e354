"""Telephone calls: one vocabulary, one channel, and whatever network carries the sound."""
