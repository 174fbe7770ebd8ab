"""What every page stands in: base templates and their parts, static files, formats, what a room declares."""
