"""How large attachments may be, and the conditions that the file refuses of them, as SQL on NEW."""

LARGEST = 10 * 2**20
"""Bytes of one file: 10 Mo, as Streamlit counts them."""
MOST_OF_PERSON = 200 * 2**20
"""Bytes of all files of one person, deleted ones left out: 200 Mo."""
KEPT_DAYS = 30
"""Days for which a deleted attachment can be restored; then its content is removed (``purge`` of db/attachments)."""
FORMATS = {
    "pdf": "PDF", "jpeg": "Image JPEG", "png": "Image PNG", "docx": "Word (DOCX)", "odt": "LibreOffice (ODT)",
    "xlsx": "Excel (XLSX)",
}  # fmt: skip
"""The formats that are taken -> their names."""

WITHOUT_FILE = (
    "NOT EXISTS (SELECT 1 FROM attachment_content c WHERE c.attachment_id = NEW.id AND c.format = NEW.format"
    " AND length(c.content) = NEW.size)"
)
TOO_MUCH = (
    "(SELECT sum(a.size) FROM attachment a WHERE a.person_id = NEW.person_id AND a.deleted_at IS NULL)"
    f" > {MOST_OF_PERSON}"
)
OF_ANOTHER = (
    "EXISTS (SELECT 1 FROM cer c WHERE c.id = NEW.cer_id AND c.person_id <> NEW.person_id)"
    " OR EXISTS (SELECT 1 FROM aid a WHERE a.id = NEW.aid_id AND a.person_id <> NEW.person_id)"
)
