"""Managers, 三员 and the counter."""
