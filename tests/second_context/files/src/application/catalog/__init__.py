"""Books: writing them, publishing them, and looking after their editions."""
