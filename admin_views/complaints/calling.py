"""Which operation carries out which event."""

from __future__ import annotations

from collections.abc import Callable

from models import Complaint
from models.enums import EventKind as E
from services.operations.accept import accept
from services.operations.acknowledge import acknowledge
from services.operations.add_co_handler import add_co_handler
from services.operations.approve import approve
from services.operations.arbitrate import arbitrate
from services.operations.archive import archive
from services.operations.ask_to_complete import ask_to_complete
from services.operations.close import close
from services.operations.close_on_spot import close_on_spot
from services.operations.decline_extension import decline_extension
from services.operations.escalate import escalate
from services.operations.evaluate import evaluate
from services.operations.extend import extend
from services.operations.follow_up import follow_up
from services.operations.give_co_opinion import give_co_opinion
from services.operations.grade import grade
from services.operations.instruct import instruct
from services.operations.mark_confidential import mark_confidential
from services.operations.merge import merge
from services.operations.name_person import name_person
from services.operations.note import note
from services.operations.pause import pause
from services.operations.refer import refer
from services.operations.refuse import refuse
from services.operations.refuse_signature import refuse_signature
from services.operations.reopen import reopen
from services.operations.reply import reply
from services.operations.request_extension import request_extension
from services.operations.resume import resume
from services.operations.return_opinion import return_opinion
from services.operations.sign_co_handling import sign_co_handling
from services.operations.sign_for import sign_for
from services.operations.start_follow_up import start_follow_up
from services.operations.statutory_route import statutory_route
from services.operations.submit_opinion import submit_opinion
from services.operations.supervise import supervise
from services.operations.supply_missing import supply_missing
from services.operations.take_on import take_on
from services.operations.transfer import transfer
from services.operations.urge import urge

OPERATIONS: dict[E, Callable[..., Complaint]] = {
    E.ASK_TO_COMPLETE: ask_to_complete,
    E.SUPPLY_MISSING: supply_missing,
    E.ACKNOWLEDGE: acknowledge,
    E.ACCEPT: accept,
    E.REFUSE: refuse,
    E.CLOSE_ON_SPOT: close_on_spot,
    E.TRANSFER: transfer,
    E.SIGN_FOR: sign_for,
    E.REFUSE_SIGNATURE: refuse_signature,
    E.ARBITRATE: arbitrate,
    E.TAKE_ON: take_on,
    E.ADD_CO_HANDLER: add_co_handler,
    E.SIGN_CO_HANDLING: sign_co_handling,
    E.GIVE_CO_OPINION: give_co_opinion,
    E.GRADE: grade,
    E.SUBMIT_OPINION: submit_opinion,
    E.APPROVE: approve,
    E.RETURN_OPINION: return_opinion,
    E.REPLY: reply,
    E.START_FOLLOW_UP: start_follow_up,
    E.FOLLOW_UP: follow_up,
    E.EVALUATE: evaluate,
    E.CLOSE: close,
    E.REOPEN: reopen,
    E.ARCHIVE: archive,
    E.MERGE: merge,
    E.STATUTORY_ROUTE: statutory_route,
    E.REFER: refer,
    E.PAUSE: pause,
    E.RESUME: resume,
    E.REQUEST_EXTENSION: request_extension,
    E.EXTEND: extend,
    E.DECLINE_EXTENSION: decline_extension,
    E.SUPERVISE: supervise,
    E.URGE: urge,
    E.ESCALATE: escalate,
    E.NOTE: note,
    E.INSTRUCT: instruct,
    E.MARK_CONFIDENTIAL: mark_confidential,
    E.NAME_PERSON: name_person,
}
