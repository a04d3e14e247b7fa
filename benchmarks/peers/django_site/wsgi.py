"""The Django peer as gunicorn serves it; `python -m benchmarks.peers.django_site.wsgi` makes its own tables."""

from __future__ import annotations

import os

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from benchmarks.peers.django_site.account import ACCOUNT

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.peers.django_site.settings")


def prepare() -> None:
    """Django's own tables and the one account."""
    django.setup()
    from django.contrib.auth.models import User

    call_command("migrate", verbosity=0)
    if not User.objects.filter(username=ACCOUNT[0]).exists():
        User.objects.create_superuser(ACCOUNT[0], "", ACCOUNT[1])


if __name__ == "__main__":
    prepare()
else:
    app = get_wsgi_application()
