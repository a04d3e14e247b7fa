"""The screens of the organisation: departments, accounts, roles, leave covers, exemptions, posts, settings."""

from __future__ import annotations

from typing import Any

from admin_views.organisation.covers import CoversView
from admin_views.organisation.departments import DepartmentsView
from admin_views.organisation.exemptions import ExemptionsView
from admin_views.organisation.grants import GrantsView
from admin_views.organisation.own import OrganisationView
from admin_views.organisation.posts import PostsView
from admin_views.organisation.users import UsersView


def screens() -> list[Any]:
    return [
        DepartmentsView(endpoint="departments", url="/departments"),
        UsersView(endpoint="users", url="/users"),
        GrantsView(endpoint="grants", url="/grants"),
        CoversView(endpoint="covers", url="/covers"),
        ExemptionsView(endpoint="exemptions", url="/exemptions"),
        PostsView(endpoint="posts", url="/posts"),
        OrganisationView(endpoint="organisation", url="/organisation"),
    ]
