"""What can be done with books and shelves."""
