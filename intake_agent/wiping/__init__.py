"""May this disk be touched (safety) and which method reaches which level (plan); how it is done: engine/ and drives/."""
