"""A device, its identity, its components, its state and data status, its codes and labels."""
