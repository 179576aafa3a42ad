"""The routes of self-disclosures, manual checks, contests, and all sources side by side."""
