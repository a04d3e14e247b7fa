"""E-mail that says only that there is something to see on the desk: no names, no subject, no text of a case."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from flask_babel import force_locale

from models.labels import _l
from settings import Settings

TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Letter:
    """One e-mail to be sent: to whom, in which language (None: the desk's), about which number (None: unsaid)."""

    message_id: int
    address: str
    locale: str | None
    number: str | None


@dataclass(frozen=True)
class Mailer:
    """The mail server of the settings."""

    url: str
    sender: str
    inbox_url: str
    locale: str

    @classmethod
    def of(cls, settings: Settings) -> Mailer | None:
        """None when no mail server is set."""
        if not settings.smtp_url:
            return None
        return cls(
            settings.smtp_url,
            settings.smtp_from,
            f"{settings.address}/notices/",
            settings.default_locale,
        )

    def send(self, letter: Letter) -> str | None:
        """Send one letter. None when the server took it, else what failed, without addresses or texts."""
        try:
            with self._connect() as server:
                server.send_message(self.compose(letter))
        except smtplib.SMTPResponseException as error:
            return f"{type(error).__name__} {error.smtp_code}"
        except smtplib.SMTPRecipientsRefused as error:
            codes = {str(code) for code, _text in error.recipients.values()}
            return f"{type(error).__name__} {' '.join(sorted(codes))}"
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return type(error).__name__
        return None

    def compose(self, letter: Letter) -> EmailMessage:
        """The letter as it goes out."""
        mail = EmailMessage()
        with force_locale(letter.locale or self.locale):
            if letter.number is None:
                mail["Subject"] = str(_l("There is a notice for you on the complaint desk"))
            else:
                mail["Subject"] = str(
                    _l("Complaint %(number)s: there is a notice for you", number=letter.number)
                )
            text = str(_l("Sign in to read it:"))
        mail["From"] = self.sender
        mail["To"] = letter.address
        mail["Date"] = formatdate()
        # The same for every attempt, so that a mail server can drop one that arrives twice.
        mail["Message-ID"] = f"<desk-notice-{letter.message_id}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{text}\n\n{self.inbox_url}\n")
        return mail

    def _connect(self) -> smtplib.SMTP:
        """smtps: encrypted from the start; smtp: must offer STARTTLS; smtp+plain: a relay on the own machine or net."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
        try:
            if parts.scheme == "smtp":
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server
