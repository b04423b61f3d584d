"""Fakes for `application.catalog.ports`."""
