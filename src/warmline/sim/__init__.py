"""The same core on a virtual clock, with invented or recorded customers in place of channels."""
