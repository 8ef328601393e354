"""What customers may ask of us: consent, contact they want, all that is known, erasure, an end."""
