"""Why there is no real OpenSearch on this machine."""


class NotHereError(Exception):
    """Something that the machine would have to have is missing; the message says what and how to get it."""


class ProvisionError(Exception):
    """It could have worked, but did not; the message quotes what was said."""
