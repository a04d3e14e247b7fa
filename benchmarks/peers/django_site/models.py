"""The desk's tables as Django sees them (`managed = False`: it neither makes nor changes them)."""

from __future__ import annotations

from django.db import models

from benchmarks.peers.columns import EXPORTED

_TEXT = ("content", "request", "result", "reply_text")
_MOMENTS = ("received_at", "due_at", "replied_at", "closed_at")


class Department(models.Model):
    name = models.CharField(max_length=120)

    class Meta:
        managed = False
        db_table = "departments"

    def __str__(self) -> str:
        return str(self.name)


class Person(models.Model):
    name = models.CharField(max_length=80)

    class Meta:
        managed = False
        db_table = "users"

    def __str__(self) -> str:
        return str(self.name)


def _field(key: str) -> models.Field:
    if key in _TEXT:
        return models.TextField(null=True)
    if key in _MOMENTS:
        return models.DateTimeField(null=True)
    if key == "occurred_on":
        return models.DateField(null=True)
    if key == "is_anonymous":
        return models.BooleanField()
    return models.CharField(max_length=200, null=True)


class Complaint(models.Model):
    locals().update({key: _field(key) for key in EXPORTED if not key.endswith("_id")})
    department = models.ForeignKey(Department, models.DO_NOTHING, null=True)
    handler = models.ForeignKey(Person, models.DO_NOTHING, null=True)

    class Meta:
        managed = False
        db_table = "complaints"

    def __str__(self) -> str:
        return str(self.number)


class Uncounted(Complaint):
    """The same table under an address of its own, for the list that does not count all rows."""

    class Meta:
        proxy = True
