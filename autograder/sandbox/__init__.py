"""The sandbox seen from outside: how it is built, what it may take, and how the grader talks to what runs in it."""
