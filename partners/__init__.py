"""The partners' site: Datasette, in French, on the public file only, in a process of its own. May import: nothing."""
