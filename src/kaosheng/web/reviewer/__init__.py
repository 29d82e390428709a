"""Reviewers: queue and dossier page."""
