"""国家医学考试考生报名系统: a stand-in for the national registration system.

A separate site with its own settings, database and cookies. The service under demonstration meets it only over HTTP:
OpenID Connect, signed messages in both directions, and a pull for reconciliation. Nothing of the service is imported here.
"""
