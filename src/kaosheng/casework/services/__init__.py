"""The verbs of casework: the only code that changes a dossier. Each locks, decides, stores, records, announces."""
