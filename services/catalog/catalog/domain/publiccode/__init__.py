"""publiccode.yml: reading and judging a file, mapping it to the profile and back, comparing it with a listing."""
