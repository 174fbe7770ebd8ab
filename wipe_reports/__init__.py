"""The wipe report: its document, signature, attest and verification. No Flask, no SQL, no hardware."""
