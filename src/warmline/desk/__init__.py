"""What helps an agent to answer: canned replies with variables."""
