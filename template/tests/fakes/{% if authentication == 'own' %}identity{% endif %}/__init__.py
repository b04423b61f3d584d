"""Fakes for `application.identity.ports`."""
