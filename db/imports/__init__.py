"""An office's own file, brought in: read, matched with the dictionary, compared with the file, written whole or not.

``workbook.read`` -> ``plan.plan`` (reads the office file, changes nothing) -> ``write.write`` (one operation).
"""
