"""Who may do what in identity."""
