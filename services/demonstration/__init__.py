"""A made-up hospital with made-up complaints, played through the real operations. Nobody in it exists."""
