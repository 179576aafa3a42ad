"""Who is asking: log-in by OpenID Connect, the encrypted session cookie, the CSRF token."""
