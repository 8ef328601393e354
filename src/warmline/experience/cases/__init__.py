"""Cases, gestures and wow moments: the loop from a bad answer to a good one is closed."""
