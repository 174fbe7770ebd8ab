"""Verdicts with their reasons, from facts alone: the minimum, health, kind, upgrade, estimates."""
