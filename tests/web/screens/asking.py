"""What each clause puts on the registration form, what is typed there, and how a form is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint
from models.enums import (
    ComplaintForm,
)
from services.access.scope import unscoped
from services.actor import SYSTEM
from tests.factories import House, create_house

NEW = "/complaints/new/"
FURTHER = "其他信息"
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Asked:
    """What one clause puts on the registration form of its procedure."""

    clause: str
    procedure: str
    fields: Sequence[str] = ()
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Select → the codes that it offers, all of them."""
    channels: Sequence[str] = ()


CLAUSES = [
    Asked(
        "R01-01", "hospital-complaint-office", (), {"nature": ("complaint", "petition")}, ("visit", "letter")
    ),
    Asked("R01-03", "hospital-complaint-office", (), {}, ("letter",)),
    Asked("R01-04", "hospital-complaint-office", ("received_at",), {}, ("hotline",)),
    Asked(
        "R01-05",
        "hospital-complaint-office",
        ("name", "phone", "address", "request", "grounds", "content"),
    ),
    Asked("R02-01", "construction-company", (), {"category_code": ("building", "road", "bridge", "other")}),
    Asked("R02-02", "construction-company", (), {"kind_of_complainant": ("individual", "unit")}),
    Asked("R02-03", "construction-company", ("about_kind", "about_name")),
    Asked("R04-01", "general-quality", ("form", "request"), {}, ("letter", "hotline", "visit", "email")),
    Asked("R04-03", "general-quality", (), {"category_code": ("product", "service", "other")}),
    Asked("R04-09", "general-quality", ("name", "phone", "content")),
    Asked("R04-12", "general-quality", (), {}, ("internal",)),
    Asked(
        "R05-01",
        "product-company",
        (),
        {"kind_of_complainant": ("customer", "media", "authority")},
        ("third_party", "superior"),
    ),
    Asked(
        "R05-07",
        "product-company",
        ("name", "phone", "email", "own_other_contacts", "own_occupation", "own_background"),
    ),
    Asked("R05-08", "product-company", ("product", "batch", "place", "own_packaging", "own_quantity")),
    Asked(
        "R05-09",
        "product-company",
        ("grounds", "own_purchase_course", "own_storage_course", "own_use_course"),
    ),
    Asked("R06-01", "production", ("name", "phone", "content")),
    Asked(
        "R07-01",
        "enterprise-chapters",
        (),
        {"kind_of_complainant": ("internal", "external")},
        ("visit", "internal"),
    ),
    Asked("R07-04", "enterprise-chapters", ("name", "phone")),
    Asked("R07-07", "enterprise-chapters", ("files",)),
    Asked("R07-05", "enterprise-chapters", ("received_at", "channel")),
    Asked("R07-06", "enterprise-chapters", ("product", "own_specification")),
    Asked("R07-16", "enterprise-chapters", ("content",)),
    Asked(
        "R08-01",
        "pharma-distributor-classic-a",
        (),
        {"kind_of_complainant": ("purchasing_unit",), "category_code": ("medicine", "work")},
    ),
    Asked(
        "R08-09", "pharma-distributor-classic-a", ("form",), {"nature": ("report", "opinion", "suggestion")}
    ),
    Asked("R09-14", "medical-device-store", ("own_shop", "content"), {}, ("visit",)),
    Asked("R10-02", "three-level", ("name", "content", "received_at")),
    Asked(
        "R11-01",
        "company-24h-3d-7d",
        (),
        {"kind_of_complainant": ("customer", "employee", "supplier", "other_party")},
    ),
    Asked(
        "R11-02", "company-24h-3d-7d", ("own_claim_amount",), {"nature": ("opinion", "suggestion", "claim")}
    ),
    Asked("R12-05", "complaint-analysis", (), {"nature": ("complaint", "suggestion")}),
    Asked(
        "R13-05",
        "pharma-manufacturer",
        ("product", "batch", "content", "form", "own_released", "own_aspect"),
        {"own_released": ("released", "not_released")},
        ("hotline", "email", "online"),
    ),
    Asked("R13-13", "pharma-manufacturer", (), {}, ("letter", "visit")),
    Asked("R13-06", "pharma-manufacturer", (), {"category_code": ("medical", "quality", "counterfeit")}),
    Asked(
        "R14-01", "medical-device-aftersales", ("product",), {"category_code": ("product", "service", "work")}
    ),
    Asked(
        "R15-01",
        "construction-supervision",
        (),
        {
            "kind_of_complainant": ("citizen", "legal_person", "other_organisation"),
            "category_code": ("engineering", "integrity", "other"),
        },
        ("letter", "hotline", "visit"),
    ),
    Asked(
        "R15-10",
        "construction-supervision",
        ("content", "own_origin"),
        {"own_origin": ("superior", "direct")},
        ("superior",),
    ),
    Asked(
        "R16-02",
        "quality-system-admin-office",
        ("name", "phone", "passed_on_by", "own_arrival", "own_passing_department"),
        {"own_arrival": ("direct", "passed_on")},
    ),
    Asked("R16-03", "quality-system-admin-office", ("content", "grounds", "request")),
    Asked("R17-05", "pharma-distributor-classic-b", ("name", "own_contact_person", "content", "received_at")),
    Asked("R18-03", "factory", ("name", "received_at", "product", "content")),
    Asked("R02-04", "construction-company", ("received_at",)),
    Asked("R02-06", "construction-company", ("name", "phone")),
    Asked("R02-07", "construction-company", ("files",)),
    Asked("R03-01", "customer-service", ("passed_on_by", "source_reference")),
    Asked("R03-02", "customer-service", ("content",)),
    Asked("R06-02", "production", ("product",)),
    Asked("R15-16", "construction-supervision", ("files",)),
    Asked("R11-04", "company-24h-3d-7d", ("name", "content", "files")),
    Asked("R16-01", "quality-system-admin-office", ("source_reference",)),
    Asked("R18-04", "factory", (), {"category_code": ("nonconforming", "defect", "after_sales")}),
]

VALUES = {
    "name": "星河贸易",
    "phone": "13912340000",
    "email": "xinghe@example.com",
    "address": "示范路18号",
    "request": "要求退换并说明原因",
    "grounds": "购货单与照片为凭",
    "content": "三月九日收到的货物与样品不符。",
    "product": "甲型阀门",
    "batch": "B-20260309",
    "place": "城东门店",
    "passed_on_by": "市场部转来",
    "about_kind": "organisation",
    "about_name": "二号项目部",
    "form": "oral",
    "own_other_contacts": "微信 xinghe",
    "own_occupation": "采购员",
    "own_background": "社区代表",
    "own_packaging": "纸箱破损",
    "own_quantity": "12.5",
    "own_purchase_course": "三月一日在城东购入",
    "own_storage_course": "常温库房存放",
    "own_use_course": "开箱即见裂纹",
    "own_specification": "DN50",
    "own_claim_amount": "1200.50",
    "own_released": "released",
    "own_aspect": "safety",
    "own_origin": "superior",
    "own_arrival": "direct",
    "own_contact_person": "李经理",
}
FORM_WORDS = {ComplaintForm.WRITTEN: "书面", ComplaintForm.ORAL: "口头", ComplaintForm.ELECTRONIC: "电子"}
SHOWN = {
    "own_claim_amount": "1,200.50",
    "own_released": "已放行",
    "own_aspect": "安全性",
    "own_origin": "上级领导批转",
    "own_arrival": "直接收到",
    "form": "口头",
    "about_kind": "二号项目部",
    "channel": "来电热线",
}


def of(clause: Asked) -> Any:
    return pytest.param(clause, id=clause.clause, marks=pytest.mark.clause(clause.clause))


def section_of(page: str, name: str) -> str:
    """The title of the part of the form that a field stands in."""
    for part in page.split('<fieldset class="panel form-section"')[1:]:
        if f'data-field="{name}"' in part:
            found = re.search(r"<legend>(.*?)</legend>", part)
            return unescape(found.group(1)) if found else ""
    return ""


def note_at(page: str, name: str) -> str:
    """What is said below a field."""
    found = re.search(rf'id="{name}-help"[^>]*>(.*?)</p>', page, re.S)
    return re.sub(r"<[^>]+>", "", unescape(found.group(1))) if found else ""


def options(page: str, name: str) -> list[str]:
    """The values that a select offers, without the empty one."""
    found = re.search(rf'<select[^>]*name="{name}"[^>]*>(.*?)</select>', page, re.S)
    return (
        [value for value in re.findall(r'<option[^>]*value="([^"]*)"', found.group(1)) if value]
        if found
        else []
    )


def house_of(session: Session, procedure: str) -> House:
    session.info["actor"] = SYSTEM
    house = create_house(session, procedure)
    session.commit()
    return house


def filled(**changed: Any) -> dict[str, Any]:
    received = (datetime.now(UTC) - timedelta(hours=2)).astimezone(SHANGHAI)
    form = {
        "received_at": received.strftime("%Y-%m-%dT%H:%M"),
        "channel": "hotline",
        "form": "written",
        "summary": "货样不符",
        "content": VALUES["content"],
        "complainant_kind": "person",
        "name": VALUES["name"],
        "key": "q" * 24,
    }
    return {name: value for name, value in (form | changed).items() if value is not None}


def newest(session: Session) -> Complaint:
    session.rollback()
    with unscoped(session, "a test looks at the result"):
        return session.scalars(sa.select(Complaint).order_by(Complaint.id.desc())).first()  # type: ignore[return-value]
