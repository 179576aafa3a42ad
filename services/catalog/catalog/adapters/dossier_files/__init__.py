"""Files of a frozen market survey: PDF, OpenDocument spreadsheet, CSV."""
