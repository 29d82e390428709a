"""JSON for programs: pictures, state, receipts, and the registration system's push."""
