"""What people do with a publiccode.yml: take it over, take it away, have it compared with their listing."""
