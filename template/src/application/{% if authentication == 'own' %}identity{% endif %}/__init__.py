"""Users: registering, logging in, and looking after the account."""
