"""What serve.py puts together: who may ask, what is open, pages, sockets, and work off the loop.

Whatever is reached without a secret does a bounded amount of work, imports nothing, and can touch
no session but its own.
"""
