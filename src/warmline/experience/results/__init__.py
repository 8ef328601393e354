"""What customers answered, in figures: measures with intervals, targets, trend, agents' scores."""
