"""Tests of parts that are really run: the drive's own short self-test, and a minute of stress with temperatures."""
