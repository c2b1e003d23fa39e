"""An office's own file, brought in: read, matched with the dictionary, compared with the file, then written whole or not at all.

``workbook.read`` -> ``plan.plan`` (reads the office file, changes nothing) -> ``write.write`` (one operation, undone whole).
"""
