"""May this disk be touched (safety), which method reaches which level (plan); how: engine/ and drives/."""
