"""Reports from stations: refused, matched to a device, or kept for a person; what they say is applied here."""
