"""Every component in every state with invented data; open with the setting STYLEGUIDE (demo and tests)."""
