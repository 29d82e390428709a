"""JSON for programs: upload and delete, state, the registration system's push, receipt check; nothing else."""
