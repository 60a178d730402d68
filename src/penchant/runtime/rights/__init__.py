"""What people may ask for: to see, correct, take along, bring along and be forgotten."""
