"""Probes: pure functions from what a tool printed to what it means. Nothing here touches the machine."""
