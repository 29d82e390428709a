"""考生服务系统: candidates hand in the materials of their registration, reviewers check them."""
