"""How large an imported file may be, and what its reading may cost. See docs/decisions.md."""

from db.base.french import french_number
from db.base.helper_process import HelperLimits

MAX_BYTES = 60_000_000
MAX_UNCOMPRESSED = 600_000_000
"""Bytes of a compressed file once decompressed; 100,000 rows of thirty columns take a fifth of it."""
MAX_UNPACKED = 120_000_000
"""Bytes of a text file in an archive: a nationwide list of 100,000 rows, of which the reading keeps a department."""
MAX_CELLS = 8_000_000
"""Cells of all sheets, empty ones included."""
MAX_FILLED = 3_100_000
"""Cells that hold something: 100,000 rows of thirty columns, and their titles."""
MAX_SHEETS = 200
"""Sheets of a workbook: the screen asks about each."""
MAX_LINES = 101_000
"""Lines that hold something: 100,000 rows, their titles and remarks."""
MAX_LINE_BREAKS = 2_000_000
"""Line breaks of a text file, those within cells and of empty lines included."""
MAX_TEXT = 60_000_000
"""Characters in all cells together."""
READING = HelperLimits(memory=1_000_000_000, processor=60, seconds=180, output=200_000_000)
"""The limits of the process that reads a file."""
TOO_LARGE = (
    f"{french_number(MAX_LINES)} lignes, {french_number(MAX_FILLED / 1_000_000, 1)} millions de cases remplies et"
    f" {MAX_TEXT // 1_000_000} millions de caractères au plus : partagez-le en plusieurs fichiers."
)
