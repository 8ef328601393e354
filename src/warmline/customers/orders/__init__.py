"""What customers ordered and what happened to it: kept by the shop's own order numbers."""
