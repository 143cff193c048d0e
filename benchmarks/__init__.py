"""Measurements against baselines of the same run; they assert nothing."""
