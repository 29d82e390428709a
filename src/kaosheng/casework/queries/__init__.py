"""Reads of casework; nothing here changes anything."""
