"""Every closed list of the domain, once, with its label. Values are stored; labels are only shown."""

from __future__ import annotations

from enum import StrEnum

from models.labels import LazyString, _l


class Labelled(StrEnum):
    """A stored value with a translated label: `NAME = "value", _l("Label")`."""

    _label: LazyString

    def __new__(cls, value: str, label: LazyString | str = "") -> Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member._label = label  # type: ignore[assignment]
        return member

    @property
    def label(self) -> LazyString:
        return self._label


class State(Labelled):
    """Where a complaint stands. Only operations change it."""

    REGISTERED = "registered", _l("Registered")
    TO_COMPLETE = "to_complete", _l("To be completed")
    ACCEPTED = "accepted", _l("Accepted")
    DISPATCHED = "dispatched", _l("Awaiting signature")
    IN_WORK = "in_work", _l("In work")
    AWAITING_APPROVAL = "awaiting_approval", _l("Awaiting approval")
    REPLIED = "replied", _l("Replied")
    FOLLOWING_UP = "following_up", _l("Following up")
    CLOSED = "closed", _l("Closed")
    ARCHIVED = "archived", _l("Archived")
    REFUSED = "refused", _l("Refused")
    MERGED = "merged", _l("Merged")
    STATUTORY_ROUTE = "statutory_route", _l("Statutory route")
    REFERRED = "referred", _l("Referred")


OPEN_STATES = frozenset(
    {
        State.REGISTERED,
        State.TO_COMPLETE,
        State.ACCEPTED,
        State.DISPATCHED,
        State.IN_WORK,
        State.AWAITING_APPROVAL,
        State.REPLIED,
        State.FOLLOWING_UP,
    }
)


class EventKind(Labelled):
    """What can happen to a complaint; each is one operation and one row of history."""

    REGISTER = "register", _l("Register")
    ASK_TO_COMPLETE = "ask_to_complete", _l("Ask to complete")
    SUPPLY_MISSING = "supply_missing", _l("Supply what was missing")
    ACKNOWLEDGE = "acknowledge", _l("Acknowledge")
    ACCEPT = "accept", _l("Accept")
    REFUSE = "refuse", _l("Refuse")
    CLOSE_ON_SPOT = "close_on_spot", _l("Close on the spot")
    TRANSFER = "transfer", _l("Transfer")
    SIGN_FOR = "sign_for", _l("Sign for")
    REFUSE_SIGNATURE = "refuse_signature", _l("Refuse to sign")
    ARBITRATE = "arbitrate", _l("Arbitrate")
    TAKE_ON = "take_on", _l("Take on")
    ADD_CO_HANDLER = "add_co_handler", _l("Add co-handling department")
    SIGN_CO_HANDLING = "sign_co_handling", _l("Sign for co-handling")
    GIVE_CO_OPINION = "give_co_opinion", _l("Give co-handling opinion")
    GRADE = "grade", _l("Set grade")
    SUBMIT_OPINION = "submit_opinion", _l("Submit opinion")
    APPROVE = "approve", _l("Approve")
    RETURN_OPINION = "return_opinion", _l("Return opinion")
    REPLY = "reply", _l("Reply")
    START_FOLLOW_UP = "start_follow_up", _l("Start follow-up")
    FOLLOW_UP = "follow_up", _l("Record follow-up")
    EVALUATE = "evaluate", _l("Evaluate the result")
    CLOSE = "close", _l("Close")
    REOPEN = "reopen", _l("Reopen")
    ARCHIVE = "archive", _l("Archive")
    MERGE = "merge", _l("Merge")
    STATUTORY_ROUTE = "statutory_route", _l("Direct to statutory route")
    REFER = "refer", _l("Refer to another authority")
    PAUSE = "pause", _l("Pause")
    RESUME = "resume", _l("Resume")
    REQUEST_EXTENSION = "request_extension", _l("Request extension")
    EXTEND = "extend", _l("Extend")
    DECLINE_EXTENSION = "decline_extension", _l("Decline extension")
    SUPERVISE = "supervise", _l("Supervise")
    URGE = "urge", _l("Urge")
    ESCALATE = "escalate", _l("Escalate")
    NOTE = "note", _l("Add note")
    CORRECT = "correct", _l("Correct record")
    MARK_CONFIDENTIAL = "mark_confidential", _l("Mark confidential")
    NAME_PERSON = "name_person", _l("Name a person")
    INSTRUCT = "instruct", _l("Give instruction")
    # Written by the desk itself or by another record; never fired from a dialog.
    CLOCK_WARNED = "clock_warned", _l("Time limit warning")
    CLOCK_BREACHED = "clock_breached", _l("Time limit passed")
    IMPORTED = "imported", _l("Imported")
    ATTACHED = "attached", _l("Attachment added")
    ATTACHMENT_WITHDRAWN = "attachment_withdrawn", _l("Attachment withdrawn")
    INVESTIGATED = "investigated", _l("Investigation record")
    MEASURE_RECORDED = "measure_recorded", _l("Measure recorded")
    ACCIDENT_LINKED = "accident_linked", _l("Accident linked")
    HOLD = "hold", _l("Hold placed or released")
    REVEALED = "revealed", _l("Personal data revealed")
    PROCEDURE_CHANGED = "procedure_changed", _l("Procedure changed")
    HANDED_OVER = "handed_over", _l("Duties handed over")
    DOCUMENT_ISSUED = "document_issued", _l("Document issued")
    DOCUMENT_DELIVERED = "document_delivered", _l("Document handed on")


class RoleName(Labelled):
    """The roles of the desk (docs/glossary.md)."""

    ADMINISTRATOR = "administrator", _l("Administrator")
    FIRST_RECEIVER = "first_receiver", _l("First receiver")
    HANDLER = "handler", _l("Handler")
    INVESTIGATOR = "investigator", _l("Investigator")
    DEPARTMENT_HEAD = "department_head", _l("Department head")
    LEADER = "leader", _l("Leader in charge")
    HEAD_OF_QUALITY = "head_of_quality", _l("Head of quality")
    ARCHIVIST = "archivist", _l("Archivist")
    AUDITOR = "auditor", _l("Auditor")


class PostName(Labelled):
    """Posts that regulations name; who holds one follows from the procedure or from the organisation's own binding."""

    OFFICE = "office", _l("Complaint office")
    APPROVER = "approver", _l("Approver of the opinion")
    ARBITER = "arbiter", _l("Arbiter between departments")
    HEAD_OF_QUALITY = "head_of_quality", _l("Head of quality")
    EVALUATOR = "evaluator", _l("Evaluator of the result")


class InformedOf(Labelled):
    """What the holder of a post is told of."""

    REGISTERED = "registered", _l("Registration of the complaint")
    INVESTIGATION_OPENED = "investigation_opened", _l("Opening of the investigation")
    INVESTIGATION_FINISHED = "investigation_finished", _l("Report of the investigation")


class Likeness(Labelled):
    """In what an earlier complaint is like the one that is being taken down."""

    PHONE = "phone", _l("Same telephone")
    BATCH = "batch", _l("Same batch or part")
    PRODUCT = "product", _l("Same product or project")
    DEPARTMENT = "department", _l("Same product and department")
    CAUSE = "cause", _l("Same product and cause")
    TEXT = "text", _l("Much the same words")


class Verdict(Labelled):
    """What the evaluation of a result comes to."""

    ACCEPTED = "accepted", _l("Handled well")
    RECTIFY = "rectify", _l("To be rectified")


class Channel(Labelled):
    """How a complaint came in."""

    HOTLINE = "hotline", _l("Telephone hotline")
    LETTER = "letter", _l("Letter")
    FAX = "fax", _l("Fax")
    EMAIL = "email", _l("E-mail")
    VISIT = "visit", _l("Visit")
    RECEPTION_DAY = "reception_day", _l("Reception day")
    ONLINE = "online", _l("Online")
    THIRD_PARTY = "third_party", _l("Third party")
    SUPERIOR = "superior", _l("Referred by superior authority")
    INTERNAL = "internal", _l("Internal staff")


class ComplaintForm(Labelled):
    """Written or oral: both are registered (R04-01)."""

    WRITTEN = "written", _l("Written")
    ORAL = "oral", _l("Oral")
    ELECTRONIC = "electronic", _l("Electronic")


class Category(Labelled):
    """What the complaint is about."""

    PRODUCT = "product", _l("Product quality")
    SERVICE = "service", _l("Service quality")
    MEDICAL = "medical", _l("Medical quality")
    ENGINEERING = "engineering", _l("Engineering quality")
    COUNTERFEIT = "counterfeit", _l("Suspected counterfeit")
    CONDUCT = "conduct", _l("Staff conduct")
    OTHER = "other", _l("Other")


class PartyKind(Labelled):
    """A person or an organisation (R02-02)."""

    PERSON = "person", _l("Individual")
    ORGANISATION = "organisation", _l("Organisation")
    ANONYMOUS = "anonymous", _l("Anonymous")


class PartySide(Labelled):
    COMPLAINANT = "complainant", _l("Complainant")
    COMPLAINED_ABOUT = "complained_about", _l("Party complained about")


class AssignmentKind(Labelled):
    LEAD = "lead", _l("Lead")
    CO_HANDLING = "co_handling", _l("Co-handling")


class AssignmentStatus(Labelled):
    AWAITING = "awaiting", _l("Awaiting signature")
    SIGNED = "signed", _l("Signed")
    REFUSED = "refused", _l("Signature refused")
    ENDED = "ended", _l("Ended")


class PauseReason(Labelled):
    """Typed reasons: what they are is fixed, so that pauses can be counted and questioned."""

    APPRAISAL = "appraisal", _l("Expert appraisal")
    TEST = "test", _l("Laboratory test")
    COMPLAINANT_REPLY = "complainant_reply", _l("Waiting for the complainant")
    THIRD_PARTY = "third_party", _l("Waiting for a third party")
    LEGAL = "legal", _l("Legal proceedings")


class ExtensionStatus(Labelled):
    REQUESTED = "requested", _l("Requested")
    GRANTED = "granted", _l("Granted")
    DECLINED = "declined", _l("Declined")


class ClockState(Labelled):
    RUNNING = "running", _l("Running")
    PAUSED = "paused", _l("Paused")
    MET = "met", _l("Met in time")
    MISSED = "missed", _l("Met late")
    VOID = "void", _l("No longer applies")


class FollowUpResult(Labelled):
    SATISFIED = "satisfied", _l("Satisfied")
    DISSATISFIED = "dissatisfied", _l("Dissatisfied")
    UNREACHABLE = "unreachable", _l("Could not be reached")


class Responsibility(Labelled):
    """Whose cause it was, as the investigation found."""

    DEPARTMENT = "department", _l("Department responsible")
    STAFF = "staff", _l("Person responsible")
    COMPLAINANT = "complainant", _l("Complainant's own cause")
    THIRD_PARTY = "third_party", _l("Third party")
    NONE = "none", _l("Complaint not upheld")
    UNDETERMINED = "undetermined", _l("Awaiting determination")


class CloseKind(Labelled):
    NORMAL = "normal", _l("Closed after follow-up")
    ON_SPOT = "on_spot", _l("Closed on the spot")
    NOT_NOTIFIABLE = "not_notifiable", _l("Closed without reply")
    LEADER_EXIT = "leader_exit", _l("Closed with leader's approval")
    IMPORTED = "imported", _l("Imported as closed")


class InvestigationStatus(Labelled):
    OPEN = "open", _l("Under way")
    FINISHED = "finished", _l("Finished")


class FindingVerdict(Labelled):
    UPHELD = "upheld", _l("Upheld")
    PARTLY = "partly", _l("Partly upheld")
    NOT_UPHELD = "not_upheld", _l("Not upheld")
    UNDETERMINED = "undetermined", _l("Undetermined")


class Existence(Labelled):
    """Whether the investigation found a quality problem (R02-11)."""

    FOUND = "found", _l("A quality problem exists")
    NOT_FOUND = "not_found", _l("No quality problem")


class Severity(Labelled):
    """How grave the problem is, measured against the quality standard (R07-12)."""

    SLIGHT = "slight", _l("Slight")
    CONSIDERABLE = "considerable", _l("Considerable")
    GRAVE = "grave", _l("Grave")


class Need(Labelled):
    """Whether the site has to be visited (R15-21)."""

    NEEDED = "needed", _l("Needed")
    NOT_NEEDED = "not_needed", _l("Not needed")


class InquiryKind(Labelled):
    """What is put on record in the course of an investigation."""

    CONTACT = "contact", _l("Contact with the party complained about")
    INTERVIEW = "interview", _l("Interview")
    SITE_VISIT = "site_visit", _l("Site visit")
    SAMPLE = "sample", _l("Sample")
    MEETING = "meeting", _l("Meeting")


class RequestKind(Labelled):
    """What an investigation asks another department for (R05-05, R07-15)."""

    ASSISTANCE = "assistance", _l("Assistance")
    PRODUCTION_RECORDS = "production_records", _l("Production records")


class MemoDecision(Labelled):
    """What the manager in charge decided on an internal memo (R05-10)."""

    AGREED = "agreed", _l("Agreed")
    CHANGED = "changed", _l("Agreed with changes")
    TURNED_DOWN = "turned_down", _l("Turned down")


class MeasureKind(Labelled):
    REPAIR = "repair", _l("Repair")
    REPLACEMENT = "replacement", _l("Replacement")
    RETURN = "return", _l("Return of goods")
    REFUND = "refund", _l("Refund")
    COMPENSATION = "compensation", _l("Compensation")
    RECTIFICATION = "rectification", _l("Rectification order")
    PENALTY = "penalty", _l("Penalty")
    TRAINING = "training", _l("Training")
    DISCIPLINE = "discipline", _l("Discipline")
    IMPROVEMENT = "improvement", _l("Improvement")
    PREVENTION = "prevention", _l("Preventive measure")
    CORRECTIVE = "corrective", _l("Corrective measure")
    PROCESS = "process", _l("Product design or process")
    VERIFICATION = "verification", _l("Facts verified")
    CONTACT = "contact", _l("Contact with the customer")
    PROGRESS = "progress", _l("Notice of progress")
    SALES = "sales", _l("Sales measure")
    DISPATCH = "dispatch", _l("Dispatch measure")
    OTHER = "other", _l("Other measure")


class MeasureStatus(Labelled):
    PLANNED = "planned", _l("Planned")
    DONE = "done", _l("Carried out")
    VERIFIED = "verified", _l("Verified")
    DROPPED = "dropped", _l("Dropped with reason")


class AccidentGrade(Labelled):
    GENERAL = "general", _l("General accident")
    MAJOR = "major", _l("Major accident")
    UNDETERMINED = "undetermined", _l("Grade to be decided")


class AccidentStatus(Labelled):
    REPORTED = "reported", _l("Reported")
    HANDLED = "handled", _l("Handled")
    CLOSED = "closed", _l("Closed")


class DayKind(Labelled):
    WORK = "work", _l("Working day")
    REST = "rest", _l("Rest day")
    HOLIDAY = "holiday", _l("Public holiday")
    MAKE_UP = "make_up", _l("Make-up working day")


class SuccessionKind(Labelled):
    RENAME = "rename", _l("Renamed")
    MERGE = "merge", _l("Merged into")
    SPLIT = "split", _l("Split into")


class DeliveryKind(Labelled):
    """To whom an issued document went."""

    COMPLAINANT = "complainant", _l("Complainant")
    DEPARTMENT = "department", _l("Department")
    LEADERSHIP = "leadership", _l("Leadership")
    AUTHORITY = "authority", _l("Authority or other body")
