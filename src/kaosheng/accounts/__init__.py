"""Staff accounts and their roles with scope."""
