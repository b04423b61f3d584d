"""The values of your own settings on a developer's machine and in the tests."""

OWN_ENVIRONMENT: dict[str, str] = {}
"""Variables and their values, such as `"PAYMENTS_URL": "http://localhost:9000"`. No real secrets."""
