"""The adapters: what the ports of the application look like in real technology."""
