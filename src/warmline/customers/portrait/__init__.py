"""What an agent knows of a customer before the answer: habits, journey, promises, likely reason."""
