"""The JSON interface for programs: one blueprint under `/t/<tenant>/api/v1/`, with the sign-in that pages have."""
