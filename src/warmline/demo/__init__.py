"""The sample center and its simulated people, who use the real doors."""
