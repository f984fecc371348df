"""Pages of patients."""
