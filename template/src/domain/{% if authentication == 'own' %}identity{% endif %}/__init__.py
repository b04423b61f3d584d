"""Who may use the service: users, their names and their standing."""
