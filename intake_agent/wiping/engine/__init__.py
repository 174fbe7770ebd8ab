"""What every wipe goes through: overwrite, stamps, canaries, read-back, journal, outcome."""
