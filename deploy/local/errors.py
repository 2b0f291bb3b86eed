class LocalStackError(Exception):
    """The stack cannot be prepared or run; the message is one sentence for the person at the keyboard."""
