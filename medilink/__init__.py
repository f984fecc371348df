"""The clinic's own words: people, records, sharing, audit. Rules only; no page, table or cipher."""
