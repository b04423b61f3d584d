"""What can be done with books."""
