"""Hand-written stand-ins for the ports, one module for each `ports.py`."""
