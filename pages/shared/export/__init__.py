"""« Tout emporter ». May import: db, reports, pages.shared.shell."""
