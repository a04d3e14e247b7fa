"""Names, kinds and the spool folder."""

from __future__ import annotations

import hashlib
import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.attachments.checking import check_files
from services.attachments.kinds import KINDS, text_encoding
from services.attachments.names import LONGEST, clean_filename, extension_of
from services.attachments.store import ORPHAN_AFTER_SECONDS, FileStore
from services.errors import Invalid
from tests.support.client import settings_for
from tests.unit.attachments import samples


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(settings_for("sqlite:///unused", tmp_path, upload_max_mb=1))


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "given_name, kept",
    [
        ("现场照片(2).jpg", "现场照片(2).jpg"),
        ("C:\\用户\\投诉信.docx", "投诉信.docx"),
        ("../../etc/passwd", "passwd"),
        ("检测\u202egpj.exe", "检测gpj.exe"),
        ("a\x00b\r\nc.pdf", "ab c.pdf"),
        ("  .隐藏. ", "隐藏"),
        ("/", ""),
        (None, ""),
    ],
)
def test_names_keep_their_chinese_and_lose_what_misleads(given_name: str | None, kept: str) -> None:
    assert clean_filename(given_name) == kept


@given(st.text(max_size=400))
def test_a_cleaned_name_is_short_and_stays_as_it_is(given_name: str) -> None:
    name = clean_filename(given_name)
    assert len(name) <= LONGEST
    assert not set(name) & set("/\\\0\r\n")
    assert clean_filename(name) == name


def test_a_long_name_keeps_its_ending() -> None:
    name = clean_filename("长" * 400 + ".docx")
    assert len(name) == LONGEST and extension_of(name) == ".docx"


GOOD = {
    "图.png": samples.png(),
    "图.JPG": samples.JPEG,
    "函.pdf": samples.PDF,
    "信.docx": samples.DOCX,
    "表.xlsx": samples.zipped("[Content_Types].xml", "xl/workbook.xml"),
    "公文.ofd": samples.zipped("OFD.xml"),
    "信.doc": samples.ole("WordDocument"),
    "信.wps": samples.ole("WordDocument"),
    "表.xls": samples.ole("Workbook"),
    "记录.txt": "投诉人来电".encode(),
    "记录.csv": "姓名,电话\r\n张三,1".encode("gb18030"),
    "录像.mp4": samples.MP4,
    "录音.wav": samples.WAV,
    "录音.mp3": samples.MP3,
}


@pytest.mark.parametrize("name", GOOD)
def test_what_people_hand_in_is_taken(store: FileStore, name: str) -> None:
    staged = store.stage(io.BytesIO(GOOD[name]), name)
    assert (staged.filename, staged.size) == (name, len(GOOD[name]))
    assert staged.sha256 == hashlib.sha256(GOOD[name]).hexdigest()
    assert staged.draft.read_bytes() == GOOD[name]


BAD = {
    "页.html": samples.HTML,
    "图.svg": samples.SVG,
    "程序.exe": samples.EXE,
    "包.zip": samples.zipped("程序.exe"),
    "无名": b"text",
    "页.txt": samples.HTML,
    "图.csv": samples.SVG,
    "脚本.txt": b"#!/bin/sh\nrm -rf /",
    "程序.jpg": samples.EXE,
    "页.pdf": samples.HTML,
    "照片.png": samples.JPEG,
    "宏.docx": samples.zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "表.docx": samples.zipped("xl/workbook.xml"),
    "断.docx": samples.DOCX[:60],
    "安装.doc": samples.ole("MsiDatabase"),
    "二进制.txt": b"\x00\x01\x02",
    "乱码.txt": b"\xff\xff\xff\xff",
    "空.txt": b"",
    "大.txt": b"a" * (1024 * 1024 + 1),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused_leaves_nothing(store: FileStore, tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid):
        store.stage(io.BytesIO(BAD[name]), name)
    assert files_below(tmp_path) == []


def test_a_broken_upload_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, *args: Any) -> bytes:
            if self.tell():
                raise OSError("connection lost")
            return super().read(10)

    with pytest.raises(OSError, match="connection lost"):
        store.stage(Broken(samples.PDF), "函.pdf")
    assert files_below(tmp_path) == []


def test_everything_taken_that_a_browser_shows_is_harmless() -> None:
    shown = {kind.mime_type for kind in KINDS.values() if kind.preview}
    assert not {"text/html", "image/svg+xml", "application/pdf", "application/xml"} & shown


def test_text_is_read_in_its_own_encoding(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("投诉".encode("gb18030"))
    assert text_encoding(file) == "gb18030"
    file.write_bytes("投诉".encode())
    assert text_encoding(file) == "utf-8"


def test_kept_files_are_checked_and_orphans_swept(store: FileStore) -> None:
    kept = [store.stage(io.BytesIO(text.encode()), "a.txt") for text in ("one", "two", "three")]
    for staged in kept:
        store.keep(staged)
    same = store.stage(io.BytesIO(b"one"), "b.txt")
    store.keep(same)
    assert len(list(store.stored())) == 3 and not same.draft.exists()
    one, two, three = (store.path(staged.sha256) for staged in kept)
    named = {staged.sha256: staged.size for staged in kept[:2]} | {"0" * 64: 5}
    two.write_bytes(b"TWO")
    faults = {(fault.sha256, fault.what) for fault in check_files(store, named)}
    assert faults == {("0" * 64, "missing"), (two.name, "changed"), (three.name, "orphan")}
    assert store.sweep_orphans(named) == [], "young files may belong to an open transaction"
    old = time.time() - ORPHAN_AFTER_SECONDS - 1
    for file in (one, three):
        os.utime(file, (old, old))
    assert store.sweep_orphans(named) == [three.name]
    assert one.exists() and not three.exists()


@pytest.mark.parametrize("name", ["../" + "a" * 61, "A" * 64, "", "a" * 63])
def test_only_a_hash_names_a_file(store: FileStore, name: str) -> None:
    with pytest.raises(ValueError):
        store.path(name)
