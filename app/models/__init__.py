"""Rows: the only place that speaks SQL. Nothing here decides what a visit may do next or what it costs."""
