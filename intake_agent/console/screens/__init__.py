"""The technician's screens, a file a screen: 80 by 24 characters, four keys and a scanner."""
