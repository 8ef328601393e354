"""What customers are worth: computed from their orders, and what follows from it in routing."""
