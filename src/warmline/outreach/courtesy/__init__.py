"""The courtesy contact: a personal word some days after a delivered order."""
