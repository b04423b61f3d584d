"""Hand-written fakes of the ports, in modules with the same names."""
