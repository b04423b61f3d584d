"""Users and login attempts in PostgreSQL."""
