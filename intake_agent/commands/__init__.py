"""The commands of ``intake-agent``, a file a group; what a command needs is imported where it runs."""
