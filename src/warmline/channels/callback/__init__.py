"""Callback requests: a customer leaves a number, an agent calls it when their turn has come."""
