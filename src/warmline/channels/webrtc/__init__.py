"""Calls from browser to browser: we carry what the pages say to each other, they the sound."""
