"""The diagnosis of one invented person, its plan of actions, and the contracts."""

from datetime import date

from db.demo.days import between, days, months_later, working, working_before
from db.demo.paths import Contract
from db.demo.rows import DemoRow
from db.demo.story import FILE_BEGINS, Story
from db.demo.texts import CONTRACTS, PEOPLE, TRAINING

_OBSTACLES = (
    *("money", "money", "paperwork", "paperwork", "isolation", "isolation", "isolation"),
    *("workplace", "workplace", "training", "digital", "housing", "rights"),
)
"""Common obstacles are repeated; mobility, family and French follow from the profile."""


def add_diagnostic(story: Story) -> list[str]:
    """Add the diagnosis with its plan of actions. Return the obstacles."""
    path, profile, pools = story.path, story.profile, PEOPLE["diagnostic"]
    obstacles = _obstacles(story)
    if not path.diagnosis or path.diagnosis < FILE_BEGINS:
        return obstacles
    family = profile.craft.domain if profile.craft.domain in TRAINING else "general"
    learnt = story.sentence(TRAINING[family][profile.education])
    row = story.add_own_row(
        "diagnostic",
        path.diagnosis,
        started_on=path.diagnosis,
        skills=learnt,
        conclusion=story.sentence(pools["in_progress"]),
    )
    second = min(path.diagnosis + days(14), path.diagnosis_ends or path.diagnosis)
    row.then(
        second,
        skills=f"{learnt} {story.sentence(profile.craft.skills)} {story.sentence(pools['experience'])}",
        obstacles=obstacles,
    )
    if path.completed and path.outcome:
        row.then(
            path.completed,
            completed_on=path.completed,
            potential=f"{story.sentence(profile.craft.potential)} {story.sentence(pools['potential'])}",
            resources="\n".join(map(story.sentence, [pools["resources"]] * story.rng.randint(2, 3))),
            levers=_levers(story, obstacles),
            outcome=path.outcome,
            conclusion=story.sentence(PEOPLE["conclusion"][path.outcome]),
        )
        _actions(story, path.completed, story.rng.randint(2, 4), obstacles, diagnostic_id=row)
    else:
        row.then(path.leaves, conclusion="Diagnostic interrompu : la personne est sortie du RSA avant la restitution.")
    return obstacles


def _obstacles(story: Story) -> list[str]:
    profile = story.profile
    obstacles = {story.rng.choice(_OBSTACLES) for _ in range(story.rng.randint(1, 4))}
    if not profile.vehicle:
        obstacles.add("mobility")
    if profile.household in ("single_parent", "couple_children") and story.rng.random() < 0.6:
        obstacles.add("family")
    if profile.origin == "foreign" and story.rng.random() < 0.45:
        obstacles.add("french")
    return sorted(obstacles)


def _levers(story: Story, obstacles: list[str]) -> list[str]:
    levers = {story.rng.choice(("fit", "network", "network", "study"))}
    levers |= {"training"} if {"training", "french", "digital"} & set(obstacles) else set()
    levers |= {"aid"} if "money" in obstacles or "mobility" in obstacles else set()
    levers |= {"study"} if story.path.outcome in ("redirection", "elsewhere") else set()
    return sorted(levers)


def _actions(story: Story, day: date, number: int, obstacles: list[str], **plan: DemoRow) -> None:
    """Add actions of different domains, first those against an obstacle of the person; some are late or abandoned."""
    possible = [
        (domain, *action)
        for domain, actions in CONTRACTS["actions"].items()
        if domain != "closing" or story.path.outcome == "redirection"
        for action in actions
        if action[1] in obstacles or action[1] not in ("family", "french", "mobility", "housing")
    ]
    fitting = [action for action in possible if action[2] in obstacles]
    existing = {row.values["objective"] for row in story.rows if row.table == "action"}
    chosen: list[tuple[str, str, str]] = []
    for pool in (fitting, possible):
        for action in story.rng.sample(pool, len(pool)):
            is_new = action not in chosen and action[1].format(**story.words) not in existing
            if len(chosen) < number and is_new and action[0] not in {domain for domain, _, _ in chosen}:
                chosen.append(action)
    for domain, objective, obstacle in chosen:
        _action(story, day, domain, objective.format(**story.words), obstacle, plan)


def _action(story: Story, day: date, domain: str, objective: str, obstacle: str, plan: dict[str, DemoRow]) -> None:
    rng = story.rng
    due = working(months_later(day, rng.choice((1, 2, 3, 4, 6, 6, 8))))
    row = story.add_own_row(
        "action", day, objective=objective, obstacle=obstacle, domain=domain, due_on=due, state="todo", **plan
    )
    closed = max(due + days(rng.choice((-20, -12, -5, 0, 0, 6, 14, 35, 60))), day + days(7))
    dropped = rng.random() < (0.5 if closed > story.until + days(20) else 0.1)
    closed = min(closed, max(story.until, day) + days(20))
    row.then(between(rng, day + days(3), closed - days(3)), state="doing")
    note = "Abandonnée d’un commun accord." if dropped else None
    row.then(closed, state="dropped" if dropped else "done", note=note)


def add_contracts(story: Story, obstacles: list[str]) -> None:
    rows: list[DemoRow | None] = []
    for index, contract in enumerate(story.path.contracts):
        over = (contract.cut or contract.ends) < FILE_BEGINS
        before = rows[contract.replaces] if contract.replaces is not None else None
        rows.append(None if over else _contract(story, contract, index, before, obstacles))


def _contract(story: Story, contract: Contract, index: int, replaced: DemoRow | None, obstacles: list[str]) -> DemoRow:
    pools = CONTRACTS["contract"]
    aims = [
        story.sentence(pools["renewal_aims" if index and number == 0 else "aims"])
        for number in range(story.rng.randint(2, 3))
    ]
    kind = "engagement" if contract.signed.year >= 2025 else "cer"
    row = story.add_own_row(
        "cer",
        contract.signed,
        kind=kind,
        rank={"cer": "renewal", "engagement": "update"}[kind] if index else "first",
        replaces_id=replaced,
        signed_on=contract.signed,
        starts_on=contract.starts,
        ends_on=contract.ends,
        early_start_reason=story.sentence(pools["early"]) if contract.starts < contract.signed else None,
        objectives=_lines(aims),
        person_commitments=_lines([story.sentence(pools["person"]) for _ in range(3)]),
        office_commitments=_lines([story.sentence(pools["office"]) for _ in range(2)]),
    )
    if contract.cut:
        row.then(contract.cut, ends_on=contract.cut)
    _review(story, row, contract)
    if contract.signed >= FILE_BEGINS and story.rng.random() < 0.75:
        _actions(story, contract.signed, story.rng.randint(1, 2), obstacles, cer_id=row)
    return row


def _review(story: Story, row: DemoRow, contract: Contract) -> None:
    """Add the review at the end of most contracts; that of the last one closes the accompaniment."""
    last = contract is story.path.contracts[-1] and contract.cut is not None
    day = working_before(min(contract.cut or contract.ends, story.until) - days(story.rng.randint(0, 9)))
    if day > contract.signed + days(20) and story.rng.random() < 0.93:
        pool = CONTRACTS["contract"]["last_review" if last else "review"]
        row.then(day, reviewed_on=day, review=story.sentence(pool))


def _lines(sentences: list[str]) -> str:
    return "\n".join(f"• {sentence}" for sentence in dict.fromkeys(sentences))
