"""What a contact center is: pure, deterministic, standard library only."""
