"""Asking for the dry run of a ledger under a mapping."""

from __future__ import annotations

from collections.abc import Mapping

from models import Job
from models.job_enums import BatchStatus
from services.ledger.batches import Step, batch_at, job_for
from services.ledger.checking import Options
from services.ledger.headings import Heading, check_mapping
from services.ledger.importing import as_kept, check_may_import
from services.unit_of_work import UnitOfWork


def check_import(
    work: UnitOfWork,
    address: str,
    heading: Heading,
    mapping: Mapping[int, str],
    options: Options,
    locale: str,
) -> Job:
    """Put the dry run into the list of jobs.

    NotPermitted without ledger:import; NotFound for somebody else's batch; Invalid when the mapping cannot be used;
    Refused when it is imported already or a job of it is going.
    """
    check_may_import(work.actor)
    batch = batch_at(work.session, address)
    check_mapping(heading, mapping)
    job = job_for(work, batch, Step.CHECK, locale)
    batch.status = BatchStatus.UPLOADED
    batch.mapping, batch.options = as_kept(mapping), options.as_json()
    return job
