"""The intake agent: looks at a donated machine, judges it, wipes it, signs what it saw and did, and sends it."""
