"""Wipe evidence, the wis-attest, destruction, and the public check of an attest."""
