"""From what a station saw to rows: the machine, its parts and its data carriers."""
