"""Composers of the papers, one file per kind, over shared wording; what a paper looks like is pdf_templates' matter."""
