"""Settings of the service. The environment is read in this package and nowhere else."""
