"""The dossier: pictures, submissions, steps, marks, leases, decisions, release."""
