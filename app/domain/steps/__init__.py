"""One file per kind of step: which inputs it brings and how what was entered is read. What follows is `walk`'s."""
