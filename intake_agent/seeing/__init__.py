"""Where raw facts come from: this machine (its programs and the kernel, asked side by side), as it is now."""
