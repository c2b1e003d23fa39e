"""The steps of « Importer ». May import: db, reports, pages.shared.shell, pages.shared.history, pages.shared.grid."""
