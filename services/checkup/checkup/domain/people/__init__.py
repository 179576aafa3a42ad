"""What people say beside what is measured: self-disclosure, manual checks, contradictions, contests."""
