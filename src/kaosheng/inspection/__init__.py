"""What a machine notices in a picture: pure functions of pixels, no database, no state but the loaded nets.

Optional: it needs the extra `vision` and the model files of requirements/models.txt. `nets.available()` says whether
both are there; without them nobody imports the other modules.
"""
