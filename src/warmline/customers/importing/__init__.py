"""Bringing customers and orders in from files: look, map, try, run, and what was wrong."""
