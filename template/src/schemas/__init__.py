"""The shapes on the wire. They know no other layer."""
