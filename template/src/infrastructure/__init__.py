"""The adapters: they implement the ports of the application with real technology."""
