"""Pages: figures in their slots, in one template."""
