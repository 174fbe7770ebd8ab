"""The append-only event log, its seals, its proofs."""
