"""The desk's pages: the day's board, work orders, what waits for an answer, people. Closed to engineers."""
