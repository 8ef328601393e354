"""The shell round the pure core: one writer per site, recovery, reactions and the live feed."""
