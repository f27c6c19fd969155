"""What the two stand-in engines share. Standard library only; nothing here is imported by muster."""
