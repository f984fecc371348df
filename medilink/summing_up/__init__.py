"""A record summed up for whoever treats the patient next: facts out of entries, never advice."""
