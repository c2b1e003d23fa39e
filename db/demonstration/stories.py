"""One invented person's rows: the request, the diagnosis and its plan, rights, contracts, aids, and the way out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from db.demonstration.days import between, days, months_later, working, working_before
from db.demonstration.paths import ONE_DAY, SEED, Contract, Path
from db.demonstration.places import at
from db.demonstration.profiles import Profile
from db.demonstration.rows import Row
from db.demonstration.texts import CONTRACTS, FOLLOW_UP, PEOPLE, TRAINING, Decks, agreeing

FILE_BEGINS = date(2018, 1, 1)
"""Older files were taken over with their stages and rights only."""

CEILING = 900_00


@dataclass
class Story:
    """What is needed to tell one person's rows, and the rows told so far."""

    path: Path
    profile: Profile
    place: int
    decks: Decks
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = Random(f"{SEED} story {self.place}")
        craft = self.profile.craft
        self.words = agreeing(self.profile.gender) | {
            "craft": self.profile.craft_name,
            "work": craft.work,
            "place": craft.place,
            "at_town": at(self.profile.town),
        }
        self.person = self.row("person", self.path.requested, **self._identity())

    def say(self, pool: Sequence[str], **words: str) -> str:
        """The next sentence of the pool, agreeing with the person."""
        text: str = self.decks.draw(pool)
        return text.format(**self.words, **words)

    def maybe(self, chance: float, pool: Sequence[str], **words: str) -> str | None:
        """A sentence, or, more often than not, nothing."""
        return self.say(pool, **words) if self.rng.random() < chance else None

    def row(self, table: str, day: date, **values: Any) -> Row:
        """A row written down that day."""
        row = Row(table, day, values)
        self.rows.append(row)
        return row

    def mine(self, table: str, day: date, **values: Any) -> Row:
        """A row of this person, written down that day."""
        return self.row(table, day, person_id=self.person, **values)

    def _identity(self) -> dict[str, Any]:
        person, taken_over = self.profile, self.path.requested < FILE_BEGINS
        kept = {
            name: getattr(person, name)
            for name in (
                "first_name last_name gender birth_date origin household education legal_status rsa_entry_on"
                " postcode town territory address phone email licence vehicle"
            ).split()
        }
        status = person.legal_status
        return kept | {
            "craft": person.craft_name[0].upper() + person.craft_name[1:],
            "domain": person.craft.domain,
            "activity": "planned" if status == "none" else "declared",
            "artist_name": f"Atelier {person.last_name}" if self.place % 14 == 3 else None,
            "website": f"https://{person.email.split('@')[0].replace('.', '-')}.exemple.fr" if self.place % 3 == 1 else None,
            "agent": "replacement" if self.place % 29 == 11 else ("colleague" if self.place % 17 == 4 else "cipa"),
            "note": PEOPLE["person"]["kept"] if taken_over else self.maybe(0.3, PEOPLE["person"]["notes"]),
        }

    @property
    def until(self) -> date:
        """The last day of the story."""
        return self.path.leaves or self.path.requested


def tell(path: Path, profile: Profile, place: int, decks: Decks) -> Story:
    """Every row of one person but the interventions."""
    story = Story(path, profile, place, decks)
    _orientation(story)
    _rights(story)
    if path.refused:
        _one_off(story)
    else:
        _stages(story)
        _exits(story)
        plan = _diagnostic(story)
        _contracts(story, plan)
        _aids(story)
        _projects_become_activities(story)
    return story


def _orientation(story: Story) -> None:
    path, profile, pools = story.path, story.profile, PEOPLE["orientation"]
    decided = working(path.requested + days(story.rng.randint(2, 8)))
    needs_mobility = path.refused == "mobility" or (profile.craft.mobile and path.refused is None)
    row = story.mine(
        "orientation",
        path.requested,
        requested_on=path.requested,
        referrer=story.decks.draw(pools["referrers"][profile.territory]),
        prescriber=story.rng.choice("social social social insertion insertion france_travail caf association self".split()),
        reasons=story.say(pools[path.refused or "reasons"]),
        accompanied_elsewhere=path.refused == "elsewhere",
        needs_mobility=needs_mobility,
        food_job=path.refused == "food_job",
    )
    row.then(decided, decided_on=decided)
    if path.refused == "not_suitable":
        row.then(decided, override="no", override_reason=story.say(pools["not_suitable_reasons"]))
    elif path.refused is None and needs_mobility and not profile.vehicle:
        row.then(decided, override="yes", override_reason=story.say(pools["despite_mobility"]))


def _rights(story: Story) -> None:
    """RSA from the entry to the exit; sometimes a « prime d’activité » beside it, or after it."""
    path, entry = story.path, story.profile.rsa_entry_on
    shift = working(max(entry, path.requested) + days(story.rng.randint(150, 420)))
    end = path.exits or date.max
    spells: list[tuple[str, date, date]] = [("rsa", entry, end)]
    if story.rng.random() < 0.3 and shift + days(90) < min(end, path.leaves or end):
        spells = [("rsa", entry, shift - ONE_DAY), ("rsa_prime", shift, end)]
    if path.exits and path.leaves:
        if path.stays_after_exit:
            spells.append(("prime", path.exits + ONE_DAY, path.leaves + days(90)))
        elif path.reason in ("income", "job", "intermittent"):
            kind = "prime" if path.reason != "intermittent" and story.rng.random() < 0.5 else "none"
            spells.append((kind, path.exits + ONE_DAY, date.max))
    for kind, first, last in spells:
        duties = kind in ("rsa", "rsa_prime")
        row = story.mine("benefit", max(first, path.requested), kind=kind, subject_to_duties=duties, starts_on=first)
        if last < date.max:
            row.then(max(last, path.requested), ends_on=last)


def _stages(story: Story) -> None:
    path, notes = story.path, FOLLOW_UP["stage"]
    if path.diagnosis and path.diagnosis_ends:
        _stage(story, "diagnostic", path.diagnosis, path.diagnosis_ends, story.maybe(0.1, notes["diagnostic"]))
    if path.accompanied and path.leaves:
        if path.light and path.light > path.accompanied:
            _stage(story, "accompaniment", path.accompanied, path.light - ONE_DAY, None, "standard")
        first = path.light or path.accompanied
        note = notes["prime"] if path.stays_after_exit else notes["light"]
        mode = "light" if path.light else "standard"
        _stage(story, "accompaniment", first, path.leaves, story.maybe(0.6, note) if path.light else None, mode)


def _stage(story: Story, kind: str, first: date, last: date, note: str | None, mode: str | None = None) -> None:
    row = story.mine("stage", first, kind=kind, mode=mode, starts_on=first, note=note)
    row.then(last, ends_on=last)


def _one_off(story: Story) -> None:
    """Most of those who are not oriented still ask for one thing or another."""
    if story.path.refused != "not_suitable" and story.rng.random() < 0.75:
        first = working(story.path.requested + days(story.rng.randint(6, 16)))
        last = working_before(first + days(story.rng.randint(5, 45)))
        _stage(story, "one_off", first, last, story.maybe(0.5, FOLLOW_UP["stage"]["one_off"]))


def _exits(story: Story) -> None:
    path, notes = story.path, FOLLOW_UP["exit"]
    if path.exits and path.reason:
        note = story.maybe(0.85, notes[path.reason])
        story.mine("exit", path.exits, left_on=path.exits, scope="rsa", reason=path.reason, note=note)
    if path.accompanied and path.leaves and path.exits != path.leaves:
        note, reason = story.say(notes["accompaniment"]), "income" if path.exits else "other"
        if path.exits:
            note = "Activité consolidée après la sortie du RSA : fin de l’accompagnement allégé."
        story.mine("exit", path.leaves, left_on=path.leaves, scope="accompaniment", reason=reason, note=note)


def _diagnostic(story: Story) -> list[str]:
    """The diagnosis with its plan. Returns the obstacles it found."""
    path, profile, pools = story.path, story.profile, PEOPLE["diagnostic"]
    obstacles = _obstacles(story)
    if not path.diagnosis or path.diagnosis < FILE_BEGINS:
        return obstacles
    family = profile.craft.domain if profile.craft.domain in TRAINING else "general"
    learnt = story.say(TRAINING[family][profile.education])
    row = story.mine("diagnostic", path.diagnosis, started_on=path.diagnosis, skills=learnt, conclusion=story.say(pools["in_progress"]))
    second = min(path.diagnosis + days(14), path.diagnosis_ends or path.diagnosis)
    row.then(second, skills=f"{learnt} {story.say(profile.craft.skills)} {story.say(pools['experience'])}", obstacles=obstacles)
    if path.completed and path.outcome:
        row.then(
            path.completed,
            completed_on=path.completed,
            potential=f"{story.say(profile.craft.potential)} {story.say(pools['potential'])}",
            resources="\n".join(map(story.say, [pools["resources"]] * story.rng.randint(2, 3))),
            levers=_levers(story, obstacles),
            outcome=path.outcome,
            conclusion=story.say(PEOPLE["conclusion"][path.outcome]),
        )
        _actions(story, path.completed, story.rng.randint(2, 4), obstacles, diagnostic_id=row)
    else:
        row.then(path.leaves, conclusion="Diagnostic interrompu : la personne est sortie du RSA avant la restitution.")
    return obstacles


def _obstacles(story: Story) -> list[str]:
    profile = story.profile
    common = "money money paperwork paperwork isolation isolation isolation workplace workplace training digital housing rights".split()
    found = {story.rng.choice(common) for _ in range(story.rng.randint(1, 4))}
    if not profile.vehicle:
        found.add("mobility")
    if profile.household in ("single_parent", "couple_children") and story.rng.random() < 0.6:
        found.add("family")
    if profile.origin == "foreign" and story.rng.random() < 0.45:
        found.add("french")
    return sorted(found)


def _levers(story: Story, obstacles: list[str]) -> list[str]:
    levers = {story.rng.choice(("fit", "network", "network", "study"))}
    levers |= {"training"} if {"training", "french", "digital"} & set(obstacles) else set()
    levers |= {"aid"} if "money" in obstacles or "mobility" in obstacles else set()
    levers |= {"study"} if story.path.outcome in ("redirection", "elsewhere") else set()
    return sorted(levers)


def _actions(story: Story, day: date, number: int, obstacles: list[str], **plan: Row) -> None:
    """Lines of the plan: those that lift an obstacle found come first. Some are late, some given up."""
    able = [
        (domain, *action)
        for domain, actions in CONTRACTS["actions"].items()
        if domain != "closing" or story.path.outcome == "redirection"
        for action in actions
    ]
    fitting = [action for action in able if action[2] in obstacles]
    told = {row.values["objective"] for row in story.rows if row.table == "action"}
    chosen: list[tuple[str, str, str]] = []
    for pool in (fitting, able):
        for action in story.rng.sample(pool, len(pool)):
            fresh = action not in chosen and action[1].format(**story.words) not in told
            if len(chosen) < number and fresh and action[0] not in {domain for domain, _, _ in chosen}:
                chosen.append(action)
    for domain, objective, obstacle in chosen:
        _action(story, day, domain, objective.format(**story.words), obstacle, plan)


def _action(story: Story, day: date, domain: str, objective: str, obstacle: str, plan: dict[str, Row]) -> None:
    rng = story.rng
    due = working(months_later(day, rng.choice((1, 2, 3, 4, 6, 6, 8))))
    row = story.mine("action", day, objective=objective, obstacle=obstacle, domain=domain, due_on=due, state="todo", **plan)
    closed = max(due + days(rng.choice((-20, -12, -5, 0, 0, 6, 14, 35, 60))), day + days(7))
    dropped = rng.random() < (0.5 if closed > story.until + days(20) else 0.1)
    closed = min(closed, max(story.until, day) + days(20))
    row.then(between(rng, day + days(3), closed - days(3)), state="doing")
    note = "Abandonnée d’un commun accord." if dropped else None
    row.then(closed, state="dropped" if dropped else "done", note=note)


def _contracts(story: Story, obstacles: list[str]) -> None:
    rows: list[Row | None] = []
    for place, contract in enumerate(story.path.contracts):
        over = (contract.cut or contract.ends) < FILE_BEGINS
        before = rows[contract.replaces] if contract.replaces is not None else None
        rows.append(None if over else _contract(story, contract, place, before, obstacles))


def _contract(story: Story, contract: Contract, place: int, replaced: Row | None, obstacles: list[str]) -> Row:
    pools = CONTRACTS["contract"]
    aims = [story.say(pools["renewal_aims" if place and number == 0 else "aims"]) for number in range(story.rng.randint(2, 3))]
    row = story.mine(
        "cer",
        contract.signed,
        kind="engagement" if contract.signed.year >= 2025 else "cer",
        rank="renewal" if place else "first",
        replaces_id=replaced,
        signed_on=contract.signed,
        starts_on=contract.starts,
        ends_on=contract.ends,
        early_start_reason=story.say(pools["early"]) if contract.starts < contract.signed else None,
        objectives=_lines(aims),
        person_commitments=_lines([story.say(pools["person"]) for _ in range(3)]),
        office_commitments=_lines([story.say(pools["office"]) for _ in range(2)]),
    )
    if contract.cut:
        row.then(contract.cut, ends_on=contract.cut)
    _review(story, row, contract)
    if contract.signed >= FILE_BEGINS and story.rng.random() < 0.75:
        _actions(story, contract.signed, story.rng.randint(1, 2), obstacles, cer_id=row)
    return row


def _review(story: Story, row: Row, contract: Contract) -> None:
    """A review when the contract is over: the last one closes the accompaniment, some are never written."""
    last = contract is story.path.contracts[-1] and contract.cut is not None
    day = working_before(min(contract.cut or contract.ends, story.until) - days(story.rng.randint(0, 9)))
    if day > contract.signed + days(20) and story.rng.random() < 0.93:
        pool = CONTRACTS["contract"]["last_review" if last else "review"]
        row.then(day, reviewed_on=day, review=story.say(pool))


def _lines(sentences: list[str]) -> str:
    return "\n".join(f"• {sentence}" for sentence in dict.fromkeys(sentences))


def _aids(story: Story) -> None:
    """One person in two asks for something, a few several times; what is granted stays under the ceiling."""
    path, rng = story.path, story.rng
    if not path.accompanied or not path.leaves or rng.random() > 0.62:
        return
    last, left = (path.exits or path.leaves) - days(60), CEILING
    day = max(path.accompanied, FILE_BEGINS) + days(rng.randint(20, 220))
    for gear in rng.sample(story.profile.craft.gear, len(story.profile.craft.gear)) + [_EXTRA[story.place % len(_EXTRA)]]:
        if day < last:
            left -= _aid(story, working(day), gear, left)
            day += days(rng.randint(60, 330))
    if left <= 40_00 and day < last and story.place % _SELDOM == 4:
        _aid_past_the_ceiling(story, working(day))


_SELDOM = 90
"""One person in so many may be granted more than the ceiling, with its reason: there is one to show in 2022."""

_EXTRA: tuple[tuple[str, str, int, int], ...] = (
    ("communication", "cartes, dépliants et hébergement du site", 70, 210),
    ("accounting", "première année de suivi comptable", 120, 260),
    ("mobility", "pneus et révision du véhicule", 140, 320),
    ("training", "frais pédagogiques d’une formation courte", 180, 420),
    ("venue", "droit de place sur les marchés de la saison", 80, 240),
    ("company", "frais de création et assurance de départ", 110, 300),
    ("other", "adhésion à un espace de travail partagé", 60, 180),
)


def _aid(story: Story, day: date, gear: tuple[str, str, int, int], left: int) -> int:
    """One request and what becomes of it. Returns the cents granted."""
    kind, what, least, most = gear
    rng, pools = story.rng, FOLLOW_UP["aid"]
    asked = rng.randrange(least, most + 1, 5) * 100
    words = {"gear": what, "Gear": what[0].upper() + what[1:]}
    row = story.mine("aid", day, requested_on=day, type=kind, requested=asked, decision="pending", note=story.say(pools["equipment" if kind == "equipment" else "notes"], **words))
    row.values["other_funders"] = story.decks.draw(pools["other_funders"]) if rng.random() < 0.25 else None
    decided, chance = working(day + days(rng.randint(16, 58))), rng.random()
    granted = min(asked if rng.random() < 0.7 else asked * 4 // 5 // 500 * 500, left)
    if chance < 0.08 or granted < 30_00:
        row.then(decided, decision="refused", decided_on=decided, note=f"{row.values['note']}\n{story.say(pools['refused'])}")
        return 0
    if chance < 0.12:
        row.then(decided, decision="withdrawn", decided_on=decided, note=f"{row.values['note']}\n{story.say(pools['withdrawn'])}")
        return 0
    row.then(decided, decision="granted", decided_on=decided, granted=granted)
    paid = working(decided + days(rng.randint(7, 24)))
    row.then(paid, paid_on=paid)
    return granted


def _aid_past_the_ceiling(story: Story, day: date) -> None:
    decided = working(day + days(15))
    row = story.mine("aid", day, requested_on=day, type="equipment", requested=120_00, decision="pending", note="Réparation de l’outil principal.")
    row.then(decided, decision="granted", decided_on=decided, granted=120_00, override_reason=FOLLOW_UP["aid"]["override"])
    row.then(decided + days(12), paid_on=working(decided + days(12)))


def _projects_become_activities(story: Story) -> None:
    """One project in two becomes a declared activity during the accompaniment."""
    path, person = story.path, story.person
    if path.accompanied and person.values["activity"] == "planned" and story.rng.random() < 0.6:
        status = {"performing_arts": "association", "crafts": "micro", "other": "micro"}.get(person.values["domain"], "author")
        day = working(path.accompanied + days(story.rng.randint(60, 300)))
        if day < story.until:
            person.then(day, activity="declared", legal_status=status)


def rows_of(stories: Sequence[Story]) -> Iterator[Row]:
    """Every row of every story."""
    for story in stories:
        yield from story.rows
