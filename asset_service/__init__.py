"""The service that follows every device from donation through inspection, stock and loan to hand-off."""
