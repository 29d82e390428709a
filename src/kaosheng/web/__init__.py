"""HTTP only: pages, forms and the API."""
