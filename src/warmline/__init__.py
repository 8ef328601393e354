"""Warmline: a self-hosted contact center."""
