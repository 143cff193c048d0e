"""The live classroom: rooms, what they are kept in, their socket, and their part of a built site.

A room is a page that many hold at once: a lecturer, who has its secret, and students, who have its
code. It keeps what each has said last, and nobody's name, for a day at most.
"""
