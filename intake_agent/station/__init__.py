"""Who we are: enrolment and keys, the signed report, its outbox and its way to the service, the clock."""
