"""Everything of the checkup that touches the outside."""
