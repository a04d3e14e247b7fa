"""Side by side with what one would use instead, over the same database. `make bench`, `make bench-quick`."""
