"""One invented person's diagnosis, the plan that follows from it, and the contracts that carry the plan."""

from datetime import date

from db.demo.days import between, days, months_later, working, working_before
from db.demo.paths import Contract
from db.demo.rows import Row
from db.demo.story import FILE_BEGINS, Story
from db.demo.texts import CONTRACTS, PEOPLE, TRAINING

_OBSTACLES = (
    *("money", "money", "paperwork", "paperwork", "isolation", "isolation", "isolation"),
    *("workplace", "workplace", "training", "digital", "housing", "rights"),
)
"""The common ones several times; mobility, family and French follow from the profile."""


def diagnose(story: Story) -> list[str]:
    """The diagnosis with its plan. Returns the obstacles it found."""
    path, profile, pools = story.path, story.profile, PEOPLE["diagnostic"]
    obstacles = _obstacles(story)
    if not path.diagnosis or path.diagnosis < FILE_BEGINS:
        return obstacles
    family = profile.craft.domain if profile.craft.domain in TRAINING else "general"
    learnt = story.say(TRAINING[family][profile.education])
    row = story.mine(
        "diagnostic",
        path.diagnosis,
        started_on=path.diagnosis,
        skills=learnt,
        conclusion=story.say(pools["in_progress"]),
    )
    second = min(path.diagnosis + days(14), path.diagnosis_ends or path.diagnosis)
    row.then(
        second,
        skills=f"{learnt} {story.say(profile.craft.skills)} {story.say(pools['experience'])}",
        obstacles=obstacles,
    )
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
    found = {story.rng.choice(_OBSTACLES) for _ in range(story.rng.randint(1, 4))}
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
        if action[1] in obstacles or action[1] not in ("family", "french", "mobility", "housing")
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
    row = story.mine(
        "action", day, objective=objective, obstacle=obstacle, domain=domain, due_on=due, state="todo", **plan
    )
    closed = max(due + days(rng.choice((-20, -12, -5, 0, 0, 6, 14, 35, 60))), day + days(7))
    dropped = rng.random() < (0.5 if closed > story.until + days(20) else 0.1)
    closed = min(closed, max(story.until, day) + days(20))
    row.then(between(rng, day + days(3), closed - days(3)), state="doing")
    note = "Abandonnée d’un commun accord." if dropped else None
    row.then(closed, state="dropped" if dropped else "done", note=note)


def contract(story: Story, obstacles: list[str]) -> None:
    rows: list[Row | None] = []
    for place, contract in enumerate(story.path.contracts):
        over = (contract.cut or contract.ends) < FILE_BEGINS
        before = rows[contract.replaces] if contract.replaces is not None else None
        rows.append(None if over else _contract(story, contract, place, before, obstacles))


def _contract(story: Story, contract: Contract, place: int, replaced: Row | None, obstacles: list[str]) -> Row:
    pools = CONTRACTS["contract"]
    aims = [
        story.say(pools["renewal_aims" if place and number == 0 else "aims"])
        for number in range(story.rng.randint(2, 3))
    ]
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
