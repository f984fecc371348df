"""Records from elsewhere, read into people and entries: FHIR files, tables, and made-up patients.

Nothing here saves: every reader answers what it read and what it could not read, and why.
"""
