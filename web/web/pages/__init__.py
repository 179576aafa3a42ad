"""The pages, one router per subject."""
