"""Pages: routes parse strings, ask one service, render one template. No SQL, no rules."""
