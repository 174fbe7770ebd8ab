"""What a drive does by itself: ATA, NVMe, SCSI and MMC erasure, hidden areas, and how each is asked."""
