"""考区, 考点 and intakes."""
