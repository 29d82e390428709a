"""Views of the candidate's pages, one module a task."""
