"""What the office file is made of, as declarations: types of values, tables and fields, lists, rules of the domain,
the groups in which a field may be published.
May import: db.base."""
