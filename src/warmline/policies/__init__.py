"""The policy as text: versions, what is wrong with them, what they change, trials and what-if."""
