"""Messages from the outbox to people's inboxes on the desk, and to their e-mail when a mail server is set."""
