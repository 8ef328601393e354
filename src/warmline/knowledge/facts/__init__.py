"""Facts stated in the center's own texts, and where two of them contradict each other."""
