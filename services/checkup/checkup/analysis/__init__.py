"""Reading a repository without checking it out or running anything of it; everything here runs in a confined child."""
