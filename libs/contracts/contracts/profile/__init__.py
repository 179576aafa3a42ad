"""The standard profile: which questions a listing answers, and everything that follows from them.

`questionnaire` reads the data, `checking` judges answers, `completeness` says what is missing, `showing` puts answers
into words for tables, comparisons and exports. Nothing here knows a service.
"""
