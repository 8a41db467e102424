"""What a person may be told when an account cannot do what was asked."""

from tallymark_tenants.db import Refusal


class AccountError(Exception):
    """Base of all; `str()` is a sentence for the person."""

    sentence = "This is not possible."

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)


class EmailTaken(AccountError):
    """Somebody has an account with this address."""

    sentence = "There is already an account with this e-mail address: sign in instead."


class EmailInvalid(AccountError):
    """The text is no address."""

    sentence = "This is not an e-mail address."


class ValueRejected(AccountError):
    """A name, currency, time zone, calendar or language that does not exist."""


class PasswordTooWeak(AccountError):
    """Too short or too long to hash."""

    sentence = "Choose a password of at least 10 characters."


class BadCredentials(AccountError, Refusal):
    """Unknown address, wrong password or disabled account: which of them is not told."""

    sentence = "E-mail address or password is wrong."


class Busy(AccountError):
    """Too many people sign in at this moment."""

    sentence = "Too many people are signing in right now: try again in a moment."


class AlreadyMember(AccountError):
    """The invited person belongs to the tenant."""

    sentence = "This person is already a member."


class InvitationUnknown(AccountError):
    """No such invitation, or it was withdrawn."""

    sentence = "This invitation does not exist any more: ask for a new one."


class InvitationExpired(AccountError):
    """Its time has passed."""

    sentence = "This invitation has expired: ask for a new one."


class InvitationForAnother(AccountError):
    """The signed-in person is not the invited one."""

    sentence = "This invitation is for another e-mail address: sign in with that one."


class MemberUnknown(AccountError):
    """The person does not belong to the tenant."""

    sentence = "This person is not a member."


class LastOwner(AccountError):
    """A tenant cannot be left without an owner."""

    sentence = "A company needs at least one owner: make somebody else an owner first."


class NotAllowed(AccountError):
    """The acting member's role does not reach that far."""

    sentence = "Your role does not allow this."
