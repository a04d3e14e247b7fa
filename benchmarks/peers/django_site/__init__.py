"""Django's admin with django-import-export over the same tables."""
