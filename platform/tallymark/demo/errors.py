"""What can keep the demo from running, in one sentence each."""


class DemoError(RuntimeError):
    """The demo can't go on; the message says what to do."""
