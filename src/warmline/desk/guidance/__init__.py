"""How long to talk, by load: a state for each queue and team, and what it means for whom."""
