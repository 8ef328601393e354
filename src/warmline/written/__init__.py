"""Text that people write and the center reads: YAML, kinds of values, mistakes by line."""
