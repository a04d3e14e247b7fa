"""Running the desk for people: web server and worker under one small supervisor."""
