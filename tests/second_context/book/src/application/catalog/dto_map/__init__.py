"""How outputs are made of entities."""
