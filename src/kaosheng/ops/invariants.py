"""What must hold over the whole database and store at any moment.

Checked every night, by `kaosheng check_invariants` and `restore`, after every test that plays with dossiers, and over what
crashes and a whole walk through the pages left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection

from kaosheng.audit.sealing import verify
from kaosheng.casework.queries.objects import named_keys, who_names
from kaosheng.pictures.store import get_store


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing that must hold; `sql` selects the offenders as text."""

    name: str
    sentence: str
    sql: str


INVARIANTS: Final = (
    Invariant(
        "steps_without_gaps",
        "the steps of a dossier are numbered 1 to its revision",
        "SELECT d.id::text FROM casework_dossier d LEFT JOIN casework_step s ON s.dossier_id = d.id "
        "GROUP BY d.id HAVING COALESCE(MAX(s.revision), 0) <> d.revision OR COUNT(s.id) <> d.revision",
    ),
    Invariant(
        "state_is_last_step",
        "a dossier's state is that of its last step",
        "SELECT d.id::text FROM casework_dossier d JOIN casework_step s ON s.dossier_id = d.id AND s.revision = d.revision "
        "WHERE s.state <> d.state",
    ),
    Invariant(
        "untouched_is_draft",
        "a dossier without steps is a draft, or came cancelled",
        "SELECT id::text FROM casework_dossier WHERE revision = 0 AND state NOT IN ('draft', 'withdrawn')",
    ),
    Invariant(
        "waits_in_its_line",
        "a dossier waits in the line of its phase, and in none while it is on hold",
        "SELECT d.id::text FROM casework_dossier d WHERE d.line <> CASE "
        "WHEN EXISTS (SELECT 1 FROM casework_hold h WHERE h.dossier_id = d.id AND h.ended_at IS NULL) THEN '' "
        "WHEN d.state = 'at_site' THEN 'site' WHEN d.state <> 'at_area' THEN '' "
        "WHEN EXISTS (SELECT 1 FROM casework_proposal p WHERE p.dossier_id = d.id AND p.outcome = 'pending') "
        "THEN 'second' ELSE 'area' END",
    ),
    Invariant(
        "step_has_audit",
        "every step has its audit row",
        "SELECT s.id::text FROM casework_step s WHERE NOT EXISTS (SELECT 1 FROM audit_auditevent a "
        "WHERE a.name = 'dossier:step' AND a.object = s.dossier_id::text AND (a.details->>'revision')::int = s.revision)",
    ),
    Invariant(
        "in_review_was_submitted",
        "what is reviewed, returned or decided was submitted",
        "SELECT d.id::text FROM casework_dossier d WHERE d.state IN ('at_site', 'at_area', 'returned', 'decided') "
        "AND NOT EXISTS (SELECT 1 FROM casework_submission s WHERE s.dossier_id = d.id)",
    ),
    Invariant(
        "draft_was_never_submitted",
        "a draft or lapsed dossier was never submitted",
        "SELECT d.id::text FROM casework_dossier d JOIN casework_submission s ON s.dossier_id = d.id "
        "WHERE d.state IN ('draft', 'lapsed')",
    ),
    Invariant(
        "submissions_counted",
        "submissions of a dossier count from 1 without gaps",
        "SELECT dossier_id::text FROM casework_submission GROUP BY dossier_id HAVING MAX(ordinal) <> COUNT(*)",
    ),
    Invariant(
        "submission_lines_counted",
        "the lines of a submission count from 1 without gaps",
        "SELECT submission_id::text FROM casework_submittedpicture GROUP BY submission_id HAVING MAX(line) <> COUNT(*)",
    ),
    Invariant(
        "submitted_digest_is_stored",
        "a submission names slot and digest of the picture as stored",
        "SELECT l.id::text FROM casework_submittedpicture l JOIN casework_picture p ON p.id = l.picture_id "
        "JOIN casework_submission s ON s.id = l.submission_id WHERE (l.kind, l.position, l.stored_digest, s.dossier_id) "
        "IS DISTINCT FROM (p.kind, p.position, p.stored_digest, p.dossier_id)",
    ),
    Invariant(
        "locked_is_as_submitted",
        "while locked, the pictures in their slots are those of the last submission",
        "SELECT p.id::text FROM casework_picture p JOIN casework_dossier d ON d.id = p.dossier_id "
        "WHERE d.state IN ('at_site', 'at_area', 'decided') AND p.hidden_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM casework_submittedpicture l JOIN casework_submission s ON s.id = l.submission_id "
        "WHERE l.picture_id = p.id AND s.ordinal = (SELECT MAX(ordinal) FROM casework_submission WHERE dossier_id = d.id))",
    ),
    Invariant(
        "draft_hides_nothing",
        "a draft has no hidden pictures: those never submitted are deleted",
        "SELECT p.id::text FROM casework_picture p JOIN casework_dossier d ON d.id = p.dossier_id "
        "WHERE d.state = 'draft' AND p.hidden_at IS NOT NULL",
    ),
    Invariant(
        "lease_is_for_review",
        "only a dossier in review is in somebody's hands",
        "SELECT l.dossier_id::text FROM casework_lease l JOIN casework_dossier d ON d.id = l.dossier_id "
        "WHERE d.state NOT IN ('at_site', 'at_area')",
    ),
    Invariant(
        "draft_marks_in_review",
        "working notes stand only on a dossier in review, or one cancelled meanwhile",
        "SELECT m.id::text FROM casework_mark m JOIN casework_dossier d ON d.id = m.dossier_id "
        "WHERE m.frozen_at IS NULL AND d.state NOT IN ('at_site', 'at_area', 'withdrawn')",
    ),
    Invariant(
        "proposal_is_at_area",
        "a pending proposal belongs to a dossier at the area",
        "SELECT p.id::text FROM casework_proposal p JOIN casework_dossier d ON d.id = p.dossier_id "
        "WHERE p.outcome = 'pending' AND d.state <> 'at_area'",
    ),
    Invariant(
        "decided_has_decision",
        "a decided dossier has a decision in force",
        "SELECT d.id::text FROM casework_dossier d WHERE d.state = 'decided' AND NOT EXISTS "
        "(SELECT 1 FROM casework_decision c WHERE c.dossier_id = d.id AND c.voided_at IS NULL)",
    ),
    Invariant(
        "decision_is_of_decided",
        "a decision in force belongs to a decided dossier, or one cancelled after it",
        "SELECT c.id::text FROM casework_decision c JOIN casework_dossier d ON d.id = c.dossier_id WHERE c.voided_at IS NULL "
        "AND d.state <> 'decided' AND NOT (d.state = 'withdrawn' AND d.before_cancellation = 'decided')",
    ),
    Invariant(
        "returned_asks",
        "a returned dossier has a return and a deadline of its own",
        "SELECT d.id::text FROM casework_dossier d WHERE d.state = 'returned' AND (d.deadline IS NULL OR NOT EXISTS "
        "(SELECT 1 FROM casework_return r JOIN casework_askedplace a ON a.returned_id = r.id WHERE r.dossier_id = d.id))",
    ),
    Invariant(
        "asked_has_mark",
        "every asked place was marked and the mark sent",
        "SELECT a.id::text FROM casework_askedplace a JOIN casework_return r ON r.id = a.returned_id WHERE NOT EXISTS "
        "(SELECT 1 FROM casework_mark m WHERE m.dossier_id = r.dossier_id AND m.sent AND m.frozen_at = r.at "
        "AND m.kind = a.kind AND m.position IS NOT DISTINCT FROM a.position)",
    ),
    Invariant(
        "same_place_as_registration",
        "a dossier is in the intake and at the site of its registration",
        "SELECT d.id::text FROM casework_dossier d JOIN registration_registration r ON r.id = d.registration_id "
        "WHERE (d.intake_id, d.site_id) <> (r.intake_id, r.site_id)",
    ),
    Invariant(
        "cancelled_is_withdrawn",
        "a cancelled registration's dossier is withdrawn unless its verdict was out",
        "SELECT d.id::text FROM casework_dossier d JOIN registration_registration r ON r.id = d.registration_id "
        "LEFT JOIN casework_release e ON e.id = d.release_id "
        "WHERE r.is_cancelled <> (d.state = 'withdrawn') AND e.published_at IS NULL",
    ),
    Invariant(
        "registration_is_newest_version",
        "a registration is its newest version",
        "SELECT r.id::text FROM registration_registration r JOIN registration_registrationversion v ON v.registration_id = r.id "
        "GROUP BY r.id HAVING MAX(v.source_version) <> r.source_version",
    ),
    Invariant(
        "flag_waits_unattached",
        "a dossier with an unseen registration change is in no release in preparation",
        "SELECT d.id::text FROM casework_dossier d JOIN casework_release e ON e.id = d.release_id "
        "WHERE d.changed_since IS NOT NULL AND e.published_at IS NULL",
    ),
    Invariant(
        "status_serials_counted",
        "status reports of a dossier count from 1 without gaps",
        "SELECT dossier_id::text FROM casework_statuspush GROUP BY dossier_id HAVING MAX(serial) <> COUNT(*)",
    ),
    Invariant(
        "no_status_repeated",
        "two status reports after one another differ",
        "SELECT id::text FROM (SELECT id, (status, text_zh, corrected_at) IS NOT DISTINCT FROM LAG((status, text_zh, corrected_at)) "
        "OVER (PARTITION BY dossier_id ORDER BY serial) AS again FROM casework_statuspush) reports WHERE again",
    ),
    Invariant(
        "notice_life_has_times",
        "an accepted message has its time, a delivered one too, a failed one its reason",
        "SELECT id::text FROM notices_notice WHERE (state = 'accepted' AND accepted_at IS NULL) "
        "OR (state = 'delivered' AND delivered_at IS NULL) "
        "OR (state = 'failed' AND (failed_at IS NULL OR last_error = ''))",
    ),
    Invariant(
        "unreached_is_unreached",
        "a message counts as not arrived if, and only if, no way of it is left",
        "SELECT id::text FROM notices_message m WHERE (unreached_at IS NULL) = NOT EXISTS (SELECT 1 FROM "
        "notices_notice n WHERE n.message_id = m.id AND n.state <> 'failed')",
    ),
    Invariant(
        "roles_are_separate",
        "nobody holds two of the three separate roles, or one of them and another",
        "SELECT user_id::text FROM accounts_grant GROUP BY user_id HAVING COUNT(DISTINCT role) > 1 "
        "AND bool_or(role IN ('system_admin', 'security_admin', 'auditor'))",
    ),
)


def _audit_chain() -> Iterator[str]:
    checked = verify()
    if checked.broken_seal is not None:
        yield f"seal {checked.broken_seal}: {checked.why}"


def _bytes_of_every_row() -> Iterator[str]:
    # Names before the store: bytes are durable before the row that names them, so an upload meanwhile is no offender.
    missing = set(named_keys())
    for entry in get_store().objects():
        missing.discard(entry.key)
    # Asked again: a row that went meanwhile took its bytes along.
    yield from who_names(missing)


CHECKS: Final[tuple[tuple[str, str, Callable[[], Iterable[str]]], ...]] = (
    ("audit_chain", "the audit chain is whole", _audit_chain),
    (
        "bytes_of_every_row",
        "every picture has its bytes and thumbnail in the store, every 示例 its picture",
        _bytes_of_every_row,
    ),
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken invariant with its first offenders."""

    name: str
    sentence: str
    offenders: tuple[str, ...]


def violations(*, at_most: int = 10) -> list[Violation]:
    """Every broken invariant, with up to `at_most` offenders each; empty when all is well."""
    found = []
    for name, sentence, offenders in _all_checks():
        first = tuple(offender for offender, _ in zip(offenders, range(at_most), strict=False))
        if first:
            found.append(Violation(name, sentence, first))
    return found


def _all_checks() -> Iterator[tuple[str, str, Iterable[str]]]:
    for invariant in INVARIANTS:
        yield invariant.name, invariant.sentence, _selected(invariant.sql)
    for name, sentence, check in CHECKS:
        yield name, sentence, check()


def _selected(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]
