"""The face of the house: base templates, static files, home, scan box, and the page that shows a whole device."""
