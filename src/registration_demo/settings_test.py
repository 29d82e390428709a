"""Settings of this system's tests: real PostgreSQL, fixed secrets, cheap password hashes."""

import os

for name, value in {
    "REGISTRATION_SECRET_KEY": "tests-only",
    "REGISTRATION_CLIENT_ID": "kaosheng-test",
    "REGISTRATION_CLIENT_SECRET": "client-secret-for-tests",
    "REGISTRATION_ISSUER": "http://testserver",
    "SERVICE_URL": "http://service.test",
}.items():
    os.environ[name] = value

# The tests name a database; type and migration checks only need an address that reads as one.
os.environ.setdefault("REGISTRATION_DATABASE_URL", "postgres:///registration_demo")

from registration_demo.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
