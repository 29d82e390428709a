"""Messages to people: outbox, words, transports."""
