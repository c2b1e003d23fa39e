"""What waits for the team, as SQL, with the delays that the settings give. ``:today`` is an ISO date.

Source: docs/domain.md § 3. What waits by the rules of contracts and appointments stands with those rules.
"""

from db.model.domain_rules import LAST_CONTACT, in_stage


def _before(months: str, unit: str = "months") -> str:
    """SQL: the day that lies the delay of a setting before today."""
    return f"date(:today, '-' || (SELECT {months} FROM setting) || ' {unit}')"


def _begun(person: str) -> str:
    stages = f"FROM stage s WHERE s.person_id = {person} AND s.deleted_at IS NULL AND s.starts_on <= :today"
    return f"(SELECT max(s.starts_on) {stages})"


WITHOUT_CONTACT = f"""(t.archived_on IS NULL
  AND ({in_stage("t.id", "accompaniment")} OR {in_stage("t.id", "diagnostic")})
  AND max(coalesce({LAST_CONTACT}, ''), {_begun("t.id")}) < {_before("contact_months")})"""
"""Somebody in accompaniment or diagnosis whom nobody has met or called for the delay of the settings. The stage itself
counts as a contact on its first day."""
RIGHTS_END = f"""(t.ends_on BETWEEN :today
    AND date(:today, '+' || (SELECT contract_alert_months FROM setting) || ' months')
  AND NOT EXISTS (SELECT 1 FROM benefit b WHERE b.person_id = t.person_id AND b.deleted_at IS NULL
    AND b.starts_on > t.starts_on)
  AND ({in_stage("t.person_id", "accompaniment")} OR {in_stage("t.person_id", "diagnostic")}))"""
"""The rights of somebody in accompaniment or diagnosis end within the delay, and none follow."""
UNPAID = f"""(t.decision = 'granted' AND t.paid_on IS NULL
  AND coalesce(t.decided_on, t.requested_on) <= {_before("unpaid_days", "days")})"""
NEWS_WANTED_FOR = 6
"""Months during which news of somebody who left are asked for; later, nobody asks any more."""
TO_ASK = f"""(t.scope = 'rsa' AND t.asked_on IS NULL AND t.left_on <= {_before("exit_months")}
  AND t.left_on > date({_before("exit_months")}, '-{NEWS_WANTED_FOR} months')
  AND NOT EXISTS (SELECT 1 FROM exit e WHERE e.person_id = t.person_id AND e.deleted_at IS NULL AND e.scope = 'rsa'
    AND (e.left_on, e.id) > (t.left_on, t.id)))"""
"""Six months (a setting) after somebody left the RSA, what has become of her is to be asked, once."""
