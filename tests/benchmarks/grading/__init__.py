"""How fast grading is, against stock nbgrader and by itself: `make bench-grading`."""
