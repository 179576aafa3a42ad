"""The whole system on embedded servers, for one machine: one supervisor per checkout."""
