"""What customers felt, asked of them and worked out: surveys, results, cases, mood."""
