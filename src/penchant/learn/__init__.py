"""Learn: what followed a decision, and what it teaches about this person and about people."""
