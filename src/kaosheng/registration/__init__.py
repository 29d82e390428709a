"""Candidates, their registrations and the gateway to the registration system."""
