"""The interventions of one invented person (dates, domains, durations, partners), and the partners."""

from collections.abc import Iterator, Mapping
from datetime import date
from random import Random

from db.demo.days import days, is_working, working
from db.demo.paths import SEED
from db.demo.rows import DemoRow
from db.demo.story import FILE_BEGINS, Story
from db.demo.texts import FOLLOW_UP, NETWORK

LOCKDOWN = (date(2020, 3, 17), date(2020, 5, 10))
_MINUTES = {
    "meeting": (45, 60, 60, 75, 90),
    "phone": (10, 15, 20, 30),
    "mail": (10, 15, 20),
    "workshop_visit": (60, 90, 120),
    "group": (120, 180),
    "paperwork": (20, 30, 45, 60),
}
_KINDS = {
    "coaching": "meeting meeting meeting meeting phone mail workshop_visit",
    "paperwork": "paperwork paperwork meeting mail phone",
    "company": "meeting paperwork meeting",
    "accounting": "meeting meeting mail workshop_visit",
    "venues": "meeting meeting phone mail workshop_visit",
    "network": "phone mail meeting meeting group",
    "funds": "paperwork meeting mail",
    "communication": "meeting meeting mail workshop_visit group",
    "diagnostic": "meeting meeting meeting meeting workshop_visit",
    "one_off": "meeting phone mail",
}
_USUAL = "meeting meeting meeting phone mail"
_WEIGHTS = {
    "coaching": 16, "paperwork": 12, "company": 7, "accounting": 9, "venues": 13, "training": 8, "network": 11,
    "funds": 9, "job": 7, "closing": 0.4, "communication": 11,
}  # fmt: skip


def add_interventions(story: Story, partners: Mapping[str, list[DemoRow]]) -> None:
    """Add the interventions of one person. ``partners``: by domain of intervention."""
    rng = Random(f"{SEED} meetings {story.index}")
    for day, phase in _days(rng, story):
        domain = _domain(rng, story, day, phase)
        kind = _kind(rng, day, phase, domain)
        domain = "coaching" if phase == "diagnostic" and kind == "workshop_visit" else domain
        choices = partners.get(domain, [])
        story.add_own_row(
            "intervention",
            day,
            happened_on=day,
            domain=domain,
            kind=kind,
            minutes=rng.choice(_MINUTES[kind]),
            partner_id=rng.choice(choices)
            if choices and rng.random() < (0.85 if domain == "network" else 0.25)
            else None,
            note=_note(rng, story, day, domain, phase, kind) if rng.random() < 0.9 else None,
        )


def _kind(rng: Random, day: date, phase: str, domain: str) -> str:
    if LOCKDOWN[0] <= day <= LOCKDOWN[1]:
        return rng.choice(("phone", "phone", "mail"))
    if phase in ("first", "last"):
        return "meeting"
    return rng.choice(_KINDS.get(phase, _KINDS.get(domain, _USUAL)).split())


def _days(rng: Random, story: Story) -> Iterator[tuple[date, str]]:
    """Yield (day, phase) of each contact: first or last meeting of the diagnosis, light accompaniment…"""
    path = story.path
    for row in [row for row in story.rows if row.table == "stage" and row.values["kind"] == "one_off"]:
        yield row.day, "one_off"
    if path.diagnosis and path.diagnosis_ends and path.diagnosis >= FILE_BEGINS:
        yield path.diagnosis, "first"
        until = (path.completed or path.diagnosis_ends) - days(6)
        yield from _every(rng, path.diagnosis + days(rng.randint(9, 20)), until, (14, 28), "diagnostic")
        if path.completed:
            yield path.completed, "last"
    if path.accompanied and path.leaves:
        light = path.light or path.leaves
        yield from _every(
            rng, path.accompanied + days(rng.randint(5, 30)), min(light, path.leaves), (24, 62), "standard"
        )
        if path.light:
            yield from _every(rng, path.light + days(rng.randint(9, 60)), path.leaves, (55, 130), "light")


def _every(rng: Random, first: date, last: date, gap: tuple[int, int], phase: str) -> Iterator[tuple[date, str]]:
    day = first
    while (day := working(day)) <= last:
        if day >= FILE_BEGINS and not _on_holiday(rng, day):
            yield day, phase
        day += days(rng.randint(*gap))


def _on_holiday(rng: Random, day: date) -> bool:
    """Return whether a meeting is skipped: fewer in the first half of August and around Christmas."""
    return not is_working(day) or (
        (day.month, day.day // 16) in ((8, 0), (12, 1)) and day.day < 25 and rng.random() < 0.4
    )


def _domain(rng: Random, story: Story, day: date, phase: str) -> str:
    """Draw the domain of an intervention, those of open actions being more likely."""
    if phase in ("first", "diagnostic", "last", "one_off"):
        return rng.choice(("coaching", "coaching", "network", "paperwork"))
    weights = dict(_WEIGHTS)
    if story.path.reason in ("job", "retired", "moved") and (story.until - day).days < 90:
        weights["closing"] = 25
    for row in story.rows:
        if row.table == "action" and row.day <= day <= row.values["due_on"]:
            weights[row.values["domain"]] += 25
    return rng.choices(list(weights), list(weights.values()))[0]


def _note(rng: Random, story: Story, day: date, domain: str, phase: str, kind: str) -> str:
    pools = FOLLOW_UP["notes"]
    if LOCKDOWN[0] <= day <= LOCKDOWN[1] and phase != "one_off":
        return story.sentence(pools["lockdown"])
    if kind in ("workshop_visit", "group"):
        return story.sentence(pools[kind])
    if phase in ("first", "diagnostic", "last", "one_off") or (phase == "light" and domain == "coaching"):
        return story.sentence(pools[phase])
    return story.sentence(pools[kind if kind in ("mail", "phone") and rng.random() < 0.6 else domain])


def partner_rows() -> list[DemoRow]:
    """Return the partners, created when the file began."""
    rows = []
    for index, line in enumerate(NETWORK["partners"]):
        name, kind, contact, town, domains = line.split("|")
        address = f"contact{index + 1:02d}@exemple.fr"
        values = {
            "name": name,
            "kind": kind,
            "contact": contact,
            "town": town,
            "email": address,
            "phone": f"+335364998{index:02d}",
        }
        values["website"] = f"https://partenaire{index + 1:02d}.exemple.fr" if index % 2 else None
        rows.append(DemoRow("partner", FILE_BEGINS, values))
    return rows


def partners_by_domain(rows: list[DemoRow]) -> dict[str, list[DemoRow]]:
    """Return domain of intervention -> partners."""
    partners: dict[str, list[DemoRow]] = {}
    for row, line in zip(rows, NETWORK["partners"], strict=True):
        for domain in line.split("|")[4].split():
            partners.setdefault(domain, []).append(row)
    return partners
