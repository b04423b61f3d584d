"""Users: registration, login, and account management."""
