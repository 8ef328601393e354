"""Loyalty in money: what customers buy after good and bad contacts, beside matched others."""
