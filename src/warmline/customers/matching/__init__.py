"""Who is the same person twice: candidates, score, merges that can be undone, splits by hand."""
