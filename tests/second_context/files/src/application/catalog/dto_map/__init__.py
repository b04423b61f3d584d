"""Entities never leave the application: these make what does."""
