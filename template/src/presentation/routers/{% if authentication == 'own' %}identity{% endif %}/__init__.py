"""The routes of identity."""
