"""What we begin ourselves: offers that fit, and a word after a delivery."""
