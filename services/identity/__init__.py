"""Who somebody is: passwords, signing in, and the actor that the rest of the desk works with."""

from services.identity.actors import actor_for

__all__ = ["actor_for"]
