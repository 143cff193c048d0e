"""Crossent: cross-entropy loss that you can grab."""

__version__ = "0.1.0"
