"""What is played with in a lesson, one widget an equation."""
