"""The public site: Datasette, in French, on the public file only. Nothing here knows of the office's own file."""
