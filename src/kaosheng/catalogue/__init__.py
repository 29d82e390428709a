"""Kinds of materials, samples and the rules for who gives what."""
