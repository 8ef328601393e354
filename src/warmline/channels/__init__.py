"""The doors for customers: one folder a channel, all held to one contract."""
