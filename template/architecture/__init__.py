"""The rules of the layers, as checks: `just architecture`."""
