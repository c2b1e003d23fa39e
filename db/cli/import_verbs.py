"""The verbs ``template`` and ``import``."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from db.base.errors import RefusedImportError
from db.cli.verbs import PathArgument
from db.imports import isolated_reader
from db.imports import template as templates
from db.imports.plan import department
from db.imports.plan import plan as planned
from db.imports.plan_types import CREATE, SAME, UPDATE, WAITING, ImportChoices, ImportPlan, ImportProblem, SheetPlan
from db.imports.write import write
from db.storage import connection

WHO = "ligne de commande"


@click.command()
@click.argument("out", type=PathArgument())
@click.argument("path", type=PathArgument(), required=False)
def template(out: Path, path: Path | None) -> None:
    """Écrit à l’adresse OUT un classeur à remplir, qui s’importe sans correction. PATH : le fichier de Palette dont le
    classeur reprend les champs et les listes ; sans lui, ceux d’un fichier neuf."""
    db = connection.open_file(path) if path else connection.blank()
    try:
        data = templates.xlsx_bytes(db)
    finally:
        db.close()
    with out.open("xb") as file:
        file.write(data)
    click.echo(f"Modèle écrit : {out}")


@click.command("import")
@click.argument("path", type=PathArgument())
@click.argument("file", type=PathArgument())
@click.option("--dry-run", is_flag=True, help="Compare seulement : rien n’est enregistré.")
@click.option(
    "--accept-resemblances",
    is_flag=True,
    help="Dit oui à chaque ressemblance (titre, valeur, total…) ; qui ressemble à quelqu’un est une personne de plus.",
)
@click.option("--replace-notes", is_flag=True, help="Remplace les notes au lieu d’y ajouter celles du tableur.")
@click.option("--replace-typed", is_flag=True, help="La liste des structures remplace aussi ce que le bureau a saisi.")
@click.option("--json", "as_json", is_flag=True, help="En JSON.")
def import_(
    path: Path,
    file: Path,
    dry_run: bool,
    accept_resemblances: bool,
    replace_notes: bool,
    replace_typed: bool,
    as_json: bool,
) -> None:
    """Importe le tableur FILE dans le fichier PATH : tout, ou rien s’il y a un problème.

    Une ressemblance est une question, donc un problème. Code de sortie : 0, tout est enregistré ou rien n’était à
    faire ; 1, des lignes ou des feuilles posent problème et rien n’est enregistré ; 2, un fichier ne se lit pas.
    """
    db = connection.open_file(path)
    choices = ImportChoices(
        accept_resemblances=accept_resemblances, replace_notes=replace_notes, replace_typed=replace_typed
    )
    try:
        made = planned(db, isolated_reader.read(file.read_bytes(), file.name, department=department(db)), choices)
        problems, done = made.problems, False
        if not dry_run and not problems:
            try:
                write(db, made, WHO)
                done = True
            except RefusedImportError as error:
                problems = error.problems
    finally:
        db.close()
    if as_json:
        click.echo(json.dumps(facts(made, problems, done), indent=2, ensure_ascii=False))
    else:
        click.echo(import_report(made, problems, done))
    sys.exit(1 if problems else 0)


def facts(plan: ImportPlan, problems: list[ImportProblem], written: bool) -> dict[str, Any]:
    """Return what an import did, or would do, as plain data."""
    return {
        "written": written,
        "created": plan.count(CREATE),
        "updated": plan.count(UPDATE),
        "unchanged": plan.count(SAME),
        "waiting": plan.count(WAITING),
        "problems": [
            {"sheet": p.sheet, "row": p.row, "column": p.column, "field": p.label, "value": p.value, "reason": p.reason,
             "question": p.question}
            for p in problems
        ],
        "sheets": [_sheet_facts(sheet) for sheet in plan.sheets],
        "guesses": [
            {"sheet": g.sheet, "column": g.column, "field": g.label, "value": g.text, "read_as": g.shown, "how": g.how,
             "cells": g.count, "row": g.row}
            for g in plan.guesses
        ],
        "near": [
            {"sheet": n.sheet, "row": n.row, "candidates": [{"id": c.id, "reason": c.reason} for c in n.candidates]}
            for n in plan.near
        ],
        "notes": plan.notes,
    }  # fmt: skip


def _sheet_facts(sheet: SheetPlan) -> dict[str, Any]:
    return {
        "sheet": sheet.name,
        "table": sheet.table,
        "why": sheet.why,
        "header_row": sheet.header_row,
        "columns": [
            {"column": c.letter, "header": c.header, "field": c.field, "how": c.how, "why": c.why}
            for c in sheet.columns
        ],
        "ignored": [{"row": line.row, "reason": line.reason} for line in sheet.ignored],
        "notes": sheet.notes,
    }


def import_report(plan: ImportPlan, problems: list[ImportProblem], written: bool) -> str:
    """Return the same as French text, the most important last, as a terminal shows it."""
    lines = [*plan.notes, *(line for sheet in plan.sheets for line in _sheet_lines(sheet))]
    if problems:
        lines += ["", *map(str, problems)]
    numbers = (
        (CREATE, "créées" if written else "à créer"), (UPDATE, "modifiées" if written else "à modifier"),
        (SAME, "inchangées"), (WAITING, "en attente"),
    )  # fmt: skip
    counts = ", ".join(f"{plan.count(action)} {word}" for action, word in numbers)
    return "\n".join(
        [*lines, "", f"{counts}. {'Tout est enregistré.' if written else 'Rien n’a été enregistré.'}"]
    ).strip()


def _sheet_lines(sheet: SheetPlan) -> Iterator[str]:
    yield ""
    yield f"Feuille « {sheet.name} » : {sheet.label or 'laissée de côté'}" + f" ({sheet.why})" * bool(sheet.why)
    for column in sheet.columns:
        if column.header or column.field:
            taken = f"{column.label} ({column.how})" if column.field else "laissée de côté"
            yield f"  colonne {column.letter} « {column.header} » : {taken}" + f", {column.why}" * bool(column.why)
    yield from (f"  {note}" for note in sheet.notes)
    yield from (f"  ligne {line.row} : {line.reason}" for line in sheet.ignored if line.reason != "ligne vide")
    for guess in sheet.guesses:
        shown = f"« {guess.shown} »" if guess.shown else "vide"
        yield f"  {guess.label} : « {guess.text} » lu comme {shown} ({guess.how}, {guess.count} fois)"
    for near in sheet.near:
        known = ", ".join(f"n° {one.id}" for one in near.candidates if one.id > 0)
        if known:
            yield f"  ligne {near.row} ressemble à {known} : non rapprochée"
