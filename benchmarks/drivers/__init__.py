"""One program a way to export or import: started for one measurement, prints one line of JSON, and ends."""
