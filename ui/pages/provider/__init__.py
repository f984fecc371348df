"""Pages of doctors, nurses and clinical officers."""
