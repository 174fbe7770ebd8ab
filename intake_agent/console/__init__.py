"""What the technician reads and answers: plain sentences on a terminal."""
