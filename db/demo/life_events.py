"""The rows of one invented person: the request, rights, stages and exits; other modules add the rest."""

from collections.abc import Iterator, Sequence
from datetime import date

from db.demo import engagements
from db.demo.aids import add_aids
from db.demo.days import days, working, working_before
from db.demo.paths import ONE_DAY, Path
from db.demo.plans import add_contracts, add_diagnostic
from db.demo.profiles import Profile
from db.demo.rows import DemoRow
from db.demo.story import Story
from db.demo.texts import FOLLOW_UP, PEOPLE, Decks

_PRESCRIBERS = ("social", "social", "social", "insertion", "insertion", "france_travail", "caf", "association", "self")


def write_story(path: Path, profile: Profile, index: int, decks: Decks) -> Story:
    """Return the story of one person with all rows except the interventions."""
    story = Story(path, profile, index, decks)
    _orientation(story)
    _rights(story)
    if path.refused:
        _one_off(story)
    else:
        _stages(story)
        _exits(story)
        plan = add_diagnostic(story)
        add_contracts(story, plan)
        add_aids(story)
        engagements.complete(story)
        _projects_become_activities(story)
    return story


def _orientation(story: Story) -> None:
    path, profile, pools = story.path, story.profile, PEOPLE["orientation"]
    decided = working(path.requested + days(story.rng.randint(2, 8)))
    needs_mobility = path.refused == "mobility" or (profile.craft.mobile and path.refused is None)
    contrary, unsuitable = None, path.refused == "not_suitable"
    if unsuitable:
        reasons, contrary = story.decks.draw(pools["not_suitable"])
    else:
        reasons = story.sentence(pools[path.refused or "reasons"])
    row = story.add_own_row(
        "orientation",
        path.requested,
        requested_on=path.requested,
        referrer=story.decks.draw(pools["referrers"][profile.territory]),
        prescriber=story.rng.choice(_PRESCRIBERS),
        reasons=reasons,
        accompanied_elsewhere=path.refused == "elsewhere",
        needs_mobility=needs_mobility,
        food_job=path.refused == "food_job",
    )
    row.then(decided, decided_on=decided)
    if unsuitable:
        row.then(decided, override="no", override_reason=contrary)
    elif path.refused is None and needs_mobility and not profile.vehicle:
        row.then(decided, override="yes", override_reason=story.sentence(pools["despite_mobility"]))


def _rights(story: Story) -> None:
    """Add the RSA from entry to exit, in some cases with a « prime d’activité » beside or after it."""
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
        row = story.add_own_row(
            "benefit", max(first, path.requested), kind=kind, subject_to_duties=duties, starts_on=first
        )
        if last < date.max:
            row.then(max(last, path.requested), ends_on=last)


def _stages(story: Story) -> None:
    path, notes = story.path, FOLLOW_UP["stage"]
    if path.diagnosis and path.diagnosis_ends:
        _stage(story, "diagnostic", path.diagnosis, path.diagnosis_ends, story.maybe_sentence(0.1, notes["diagnostic"]))
    if path.accompanied and path.leaves:
        if path.light and path.light > path.accompanied:
            _stage(story, "accompaniment", path.accompanied, path.light - ONE_DAY, None, "standard")
        first = path.light or path.accompanied
        note = notes["prime"] if path.stays_after_exit else notes["light"]
        mode = "light" if path.light else "standard"
        _stage(
            story, "accompaniment", first, path.leaves, story.maybe_sentence(0.6, note) if path.light else None, mode
        )


def _stage(story: Story, kind: str, first: date, last: date, note: str | None, mode: str | None = None) -> None:
    row = story.add_own_row("stage", first, kind=kind, mode=mode, starts_on=first, note=note)
    row.then(last, ends_on=last)


def _one_off(story: Story) -> None:
    """Add a single request for help to most persons who are not oriented."""
    if story.path.refused != "not_suitable" and story.rng.random() < 0.75:
        first = working(story.path.requested + days(story.rng.randint(6, 16)))
        last = working_before(first + days(story.rng.randint(5, 45)))
        _stage(story, "one_off", first, last, story.maybe_sentence(0.5, FOLLOW_UP["stage"]["one_off"]))


def _exits(story: Story) -> None:
    path, notes = story.path, FOLLOW_UP["exit"]
    if path.exits and path.reason:
        note = story.maybe_sentence(0.85, notes[path.reason])
        story.add_own_row("exit", path.exits, left_on=path.exits, scope="rsa", reason=path.reason, note=note)
    if path.accompanied and path.leaves and path.exits != path.leaves:
        note, reason = story.sentence(notes["accompaniment"]), "income" if path.exits else "other"
        if path.exits:
            note = "Activité consolidée après la sortie du RSA : fin de l’accompagnement allégé."
        story.add_own_row("exit", path.leaves, left_on=path.leaves, scope="accompaniment", reason=reason, note=note)


def _projects_become_activities(story: Story) -> None:
    """Turn one planned activity in two into a declared one during the accompaniment."""
    path, person = story.path, story.person
    if path.accompanied and person.values["activity"] == "planned" and story.rng.random() < 0.6:
        status = {"performing_arts": "association", "crafts": "micro", "other": "micro"}.get(
            person.values["domain"], "author"
        )
        day = working(path.accompanied + days(story.rng.randint(60, 300)))
        if day < story.until:
            person.then(day, activity="declared", legal_status=status)


def all_rows(stories: Sequence[Story]) -> Iterator[DemoRow]:
    """Yield every row of every story."""
    for story in stories:
        yield from story.rows
