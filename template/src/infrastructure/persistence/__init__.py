"""PostgreSQL, through SQLAlchemy."""
