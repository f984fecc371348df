"""How the tables got to where they are, one file a step. Native ALTER only: Alembic's batch mode
silently deleted child rows and dropped triggers in a trial on this very schema."""
