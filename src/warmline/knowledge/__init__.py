"""What the center knows: articles in languages, found, suggested, and shown to customers."""
