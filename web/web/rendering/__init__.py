"""From data to HTML: the Jinja environment, Markdown, addresses of static files."""
