"""The pages and the verbs: what people see and type. Nothing clinical is decided here."""
