"""The bounds of one analysis. They are fixed numbers, so that the same commit is cut at the same place everywhere."""

MAX_FILES = 20_000
MAX_PATH_BYTES = 1_024
MAX_DEPTH = 100
MAX_FILE_BYTES = 2_000_000
MAX_TOTAL_BYTES = 300_000_000
MAX_KEPT_TEXT = 50_000_000  # characters held in memory for metrics that read a file again
MAX_UNIT_BYTES = 400_000  # one file for the function metrics
MAX_UNITS_TOTAL_BYTES = 16_000_000
MAX_DOCUMENT_BYTES = 512_000
MAX_DOCUMENTS = 400
MAX_DOCUMENTS_TOTAL_BYTES = 6_000_000
MAX_COMMITS = 20_000
MAX_TAGS = 2_000
MAX_NESTING = 100  # of collections in YAML
MAX_LINE = 4_000  # characters of a line that patterns look at
GROUP_SECONDS = 60  # of processor time for one group of metrics; beyond it they say `timeout`
ANALYSIS_SECONDS = 240  # on the wall for all groups, unless the caller gives another bound; the rest says `timeout`
MAX_EVIDENCE = 8
