"""Who the customers are: identity, card, timeline, small facts worth remembering."""
