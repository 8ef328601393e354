"""The smallest real channel: customers in the same process, each with a queue of what they hear."""
