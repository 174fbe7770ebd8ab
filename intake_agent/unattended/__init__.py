"""Work that nobody watches: the policy file and the kernel command line of a bench."""
