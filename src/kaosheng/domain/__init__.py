"""The rules of the house, in pure Python: no framework, no clock, no input or output."""
