"""May this disk be touched, which method reaches which level, the methods, and the read-back apart from them."""
