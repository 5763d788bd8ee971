"""Faults: whole visits in a real browser against a real server, both killed at random, and what is left afterwards.

`python -m tools.faults --runs 50` is the test of "every save exactly once"; `--control` shows that it can fail.
"""
