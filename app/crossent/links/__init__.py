"""Who computes a figure's columns: the server (server.py), or the page itself."""
