"""What the technician reads and answers: plain Dutch sentences on a terminal."""
