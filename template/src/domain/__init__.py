"""The business: entities, value objects and their rules. Standard library only."""
