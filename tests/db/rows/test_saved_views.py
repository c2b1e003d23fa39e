"""Saved views: restored as saved, of one grid and one person, and adapted to the current table."""

import sqlite3
from dataclasses import replace

import pytest

from db.accounts import accounts
from db.base.errors import AccessError, InvalidError, NotFoundError
from db.model.dictionary import DIAGNOSTIC, PERSON
from db.model.effective_dictionary import DECLARED
from db.model.roles import Role
from db.people import erasure
from db.rows import saved_views, titles
from db.rows.saved_views import Grid, Look
from db.storage import connection
from tests.db.factories import insert_person

ADA, BOB = "Ada", "Bob"
CASELOAD = Grid("person", "caseload")
LOOK = Look(
    filters={"domain": [None, "crafts"], "town": "cah", "birth_date:low": "01/01/1980", "licence": [1]},
    search="céram", columns=("last_name", "state", "domain"), sort=("-last_name",), group="domain", folded=(None,),
)  # fmt: skip


@pytest.fixture
def db(db):
    for name in (ADA, BOB):
        accounts.create(db, f"{name}@exemple.fr", name, [Role.AGENT], "Test")
    return db


def save_view(db, name="Mes artisans", who=ADA, shared=False, look=LOOK, grid=CASELOAD):
    return saved_views.create(db, db.tables["person"], grid, name, look, who, shared)


def view_row(db, view_id):
    return db.execute('SELECT name, owner, shared, content FROM "view" WHERE id = ?', (view_id,)).fetchone()


def default_id(db, who):
    found = saved_views.default(db, who, CASELOAD)
    return found.id if found else None


def fit_look(db, look, table=PERSON):
    return saved_views.fit(table, look, titles.context(db))


# ---- kept and found again


def test_a_saved_view_is_restored_exactly(db, path):
    number = save_view(db)

    again = saved_views.get(connection.open_file(path), number, ADA)

    assert (again.name, again.owner, again.shared, again.grid) == ("Mes artisans", ADA, False, CASELOAD)
    assert again.look == LOOK
    assert again.look.folded == (None,), "which the comparison above leaves out"
    assert fit_look(db, again.look) == (LOOK, [])


def test_a_view_is_seen_by_whom_it_is_shared_with_and_only_in_its_grid(db):
    mine, ours = save_view(db, "À moi"), save_view(db, "À nous", shared=True)

    assert [view.id for view in saved_views.every(db, ADA, CASELOAD)] == [mine, ours]
    assert [view.id for view in saved_views.every(db, BOB, CASELOAD)] == [ours]
    assert saved_views.every(db, ADA, Grid("aid", "aid")) == []
    assert saved_views.get(db, ours, BOB).name == "À nous"
    for number in (mine, 999, 0):
        with pytest.raises(NotFoundError, match="n’existe pas, ou n’est pas partagée avec vous"):
            saved_views.get(db, number, BOB)


def test_the_grids_of_two_plans_share_their_views(db):
    assert (
        Grid.of(DECLARED.tables["aid"], "plan:cer:12")
        == Grid.of(DECLARED.tables["aid"], "plan:diagnostic:4")
        == Grid("aid", "plan")
    )


def test_ones_own_come_first_then_by_name_whatever_the_accents(db):
    for name, who in (("Zèbres", BOB), ("etc.", BOB), ("École", BOB), ("Abeilles", ADA)):
        save_view(db, name, who, shared=True)

    assert [view.name for view in saved_views.every(db, BOB, CASELOAD)] == ["École", "etc.", "Zèbres", "Abeilles"]


# ---- whose it is


@pytest.mark.parametrize(
    "deed",
    [
        lambda db, number: saved_views.rename(db, number, "Autre", BOB),
        lambda db, number: saved_views.overwrite(db, db.tables["person"], number, Look(), BOB),
        lambda db, number: saved_views.share(db, number, False, BOB),
        lambda db, number: saved_views.delete(db, number, BOB),
    ],
)
def test_only_its_owner_changes_a_view(db, deed):
    number = save_view(db, shared=True)
    before = view_row(db, number)

    with pytest.raises(AccessError, match="Cette vue est à Ada"):
        deed(db, number)

    assert view_row(db, number) == before


def test_ones_own_is_renamed_overwritten_shared_and_deleted(db):
    number = save_view(db)
    saved_views.rename(db, number, "  Autre \n nom ", ADA)
    saved_views.share(db, number, True, ADA)
    saved_views.overwrite(db, db.tables["person"], number, replace(LOOK, group="", search="tout autre"), ADA)

    assert view_row(db, number)[:3] == ("Autre nom", ADA, 1)
    assert saved_views.get(db, number, BOB).look == replace(LOOK, group="", search="tout autre")
    saved_views.delete(db, number, ADA)
    assert view_row(db, number) is None


def test_a_copy_of_a_colleagues_view_is_ones_own(db):
    theirs = saved_views.get(db, save_view(db, "Artisans", shared=True), BOB)
    mine = saved_views.create(db, db.tables["person"], CASELOAD, theirs.name, theirs.look, BOB)

    assert saved_views.get(db, mine, BOB).look == LOOK
    assert view_row(db, mine)[:2] == ("Artisans", BOB)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "obligatoire"),
        (" \t ", "obligatoire"),
        ("x" * 61, "61 caractères, 60 au plus"),
        ("MES ARTISANS", "porte déjà ce nom"),
        ("més  artisans", "porte déjà ce nom"),
    ],
)
def test_an_invalid_name_is_refused(db, name, reason):
    save_view(db)

    with pytest.raises(InvalidError, match=reason):
        save_view(db, name)

    assert len(saved_views.every(db, ADA, CASELOAD)) == 1


@pytest.mark.parametrize("name", ["'; DROP TABLE person; --", "<b>&", "Vue « n° 1 » 🎨", "a/b?vue=2#c"])
def test_a_name_may_hold_anything(db, name):
    assert saved_views.get(db, save_view(db, name), ADA).name == name


def test_two_persons_or_two_grids_may_use_one_name(db):
    save_view(db)
    save_view(db, who=BOB)
    save_view(db, grid=Grid("person", "another"))

    assert len(saved_views.every(db, ADA, CASELOAD)) == 1
    assert db.execute('SELECT count(*) FROM "view"').fetchone() == (3,)


def test_the_file_itself_refuses_a_second_of_that_name_and_what_is_no_view(db):
    save_view(db)
    sql = 'INSERT INTO "view" (name, table_name, grid, owner, content) VALUES (?, ?, ?, ?, ?)'

    for values in (
        ("mes ARTISANS", "person", "caseload", ADA, "{}"), ("", "person", "caseload", ADA, "{}"),
        ("x" * 61, "person", "caseload", ADA, "{}"), ("Autre", "person", "caseload", "Personne", "{}"),
        ("Autre", "person", "caseload", ADA, "[]"), ("Autre", "person", "caseload", ADA, "rien"),
    ):  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(sql, values)
    db.execute(sql, ("Autre", "person", "caseload", ADA, "{}"))  # the control


def test_a_view_follows_its_owner_to_another_name(db):
    number = save_view(db)
    saved_views.set_default(db, CASELOAD, number, ADA)
    account = next(one for one in accounts.every(db) if one.name == ADA)

    accounts.change(db, account.id, account.login, "Ada Lovelace", account.roles, True, "Test")

    assert saved_views.get(db, number, "Ada Lovelace").owner == "Ada Lovelace"
    assert default_id(db, "Ada Lovelace") == number


# ---- one's own default


def test_everybody_has_a_default_of_their_own_and_can_remove_it(db):
    ours, mine = save_view(db, "À nous", shared=True), save_view(db, "À Bob", BOB)
    saved_views.set_default(db, CASELOAD, mine, BOB)
    saved_views.set_default(db, CASELOAD, ours, ADA)
    assert default_id(db, BOB) == mine
    assert default_id(db, ADA) == ours

    saved_views.set_default(db, CASELOAD, ours, BOB)
    assert default_id(db, BOB) == ours
    assert saved_views.get(db, ours, ADA).others == 1

    saved_views.set_default(db, CASELOAD, None, BOB)
    assert saved_views.default(db, BOB, CASELOAD) is None
    assert default_id(db, ADA) == ours


def test_a_view_that_is_shared_no_more_or_gone_is_no_colleagues_default(db):
    for end in (
        lambda number: saved_views.share(db, number, False, ADA),
        lambda number: saved_views.delete(db, number, ADA),
    ):
        number = save_view(db, shared=True)
        saved_views.set_default(db, CASELOAD, number, BOB)
        assert default_id(db, BOB) == number, "the control"

        end(number)

        assert saved_views.default(db, BOB, CASELOAD) is None
        assert db.execute("SELECT count(*) FROM view_default").fetchone() == (0,)
        for view in saved_views.every(db, ADA, CASELOAD):
            saved_views.delete(db, view.id, ADA)


def test_neither_another_grids_view_nor_one_that_is_not_shared_becomes_a_default(db):
    private, elsewhere = save_view(db), save_view(db, grid=Grid("person", "another"), shared=True)

    for number in (private, elsewhere):
        with pytest.raises(NotFoundError):
            saved_views.set_default(db, CASELOAD, number, BOB)
        with pytest.raises(sqlite3.IntegrityError, match="pas de cette grille"):
            db.execute("INSERT INTO view_default VALUES (?, 'person', 'caseload', ?)", (BOB, number))


# ---- the table as it is now


def test_a_field_that_is_gone_is_left_out_and_reported_by_name(db):
    number = save_view(db)
    table = db.tables["person"]
    fields = tuple(field for field in table.fields if field.name not in ("domain", "town"))
    without = replace(table, fields=fields, highlights=())
    kept = saved_views.get(db, number, ADA)

    look, told = saved_views.fit(without, kept.look, titles.context(db), kept.labels)

    assert look == Look({"birth_date:low": "01/01/1980", "licence": [1]}, "céram", ("last_name", "state"), LOOK.sort)
    assert sorted(told) == [
        "« Commune » n’est plus un champ de cette grille : laissé de côté.",
        "« Domaine d’activité » n’est plus un champ de cette grille : laissé de côté.",
    ]


def test_a_retired_value_is_left_out_and_reported(db):
    db.execute("UPDATE list_domain SET retired = 1 WHERE code = 'crafts'")

    look, told = fit_look(db, LOOK)

    assert look.filters["domain"] == [None]
    assert told == ["« Domaine d’activité » : la valeur « Artisanat d’art » n’est plus dans la liste."]
    look, told = fit_look(db, replace(LOOK, filters={"domain": ["crafts"]}))
    assert look.filters == {}
    assert len(told) == 1


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"domain": "crafts"}, "Domaine"),
        ({"birth_date": ["1980-01-01"]}, "naissance"),
        ({"birth_date": "01/01/1980"}, "naissance"),
        ({"domain:low": "a"}, "Domaine"),
        ({"licence": [7]}, "Permis"),
        ({"domain": ["nothing"]}, "Domaine"),
    ],
)
def test_a_filter_of_another_type_is_left_out_and_reported(db, filters, said):
    look, told = fit_look(db, Look(filters, columns=("last_name",)))

    assert look.filters == {}
    assert said in " ".join(told)


def test_what_cannot_be_grouped_or_shown_any_more(db):
    look, told = fit_look(db, Look(columns=("nothing",), sort=("-nothing", "town"), group="town"))

    assert look == Look(columns=PERSON.title, sort=("town",))
    assert "on ne peut plus grouper" in " ".join(told)
    assert fit_look(db, Look(columns=("started_on",), group="pending", folded=(0, None, "x")), DIAGNOSTIC)[
        0
    ].folded == (0, None)


@pytest.mark.parametrize("content", ['{"filters": 3, "columns": {}, "sort": [1, [2]], "group": 4, "labels": []}', "{}"])
def test_unreadable_content_opens_as_an_empty_view(db, content):
    number = save_view(db)
    db.execute('UPDATE "view" SET content = ? WHERE id = ?', (content, number))

    look, _ = fit_look(db, saved_views.get(db, number, ADA).look)

    assert look == Look(columns=PERSON.title)


def test_a_view_that_is_too_long_is_refused_with_a_message(db):
    with pytest.raises(InvalidError, match="retient trop de choses"):
        save_view(db, look=Look({"town": "x" * 20_001}))
    assert saved_views.every(db, ADA, CASELOAD) == []


# ---- erasure


def test_erasing_a_person_removes_the_name_from_views(db, path):
    person = insert_person(db, last_name="Zorglubescu", first_name="Lou", phone="+33565123456", town="Cahors")
    insert_person(db, last_name="Marchand", first_name="Lou", town="Cahors")
    hers = save_view(
        db, "Suivre zorglubescu", look=Look({"last_name": "zorglub", "town": "cahors"}, "zorglubescu 2024")
    )
    by_number = save_view(db, "Rappels", look=Look(search="05 65 12 34 56"))
    others = save_view(db, "Marchand", look=Look({"last_name": "marchand"}, "lou"))

    erasure.erase(db, [person], "Ada")

    kept = saved_views.get(db, hers, ADA)
    assert (kept.name, kept.look.filters, kept.look.search) == (f"Vue n° {hers}", {"town": "cahors"}, "")
    assert saved_views.get(db, by_number, ADA).look.search == ""
    assert saved_views.get(db, others, ADA).look == Look({"last_name": "marchand"}, "lou")
    assert b"orglub" not in path.read_bytes().lower()
