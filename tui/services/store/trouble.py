"""What an S3 store answers, in words that say what to do."""

import re

from tui.core.language import english
from tui.core.text import clean
from tui.services.files import StorageError

_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_STATUS = re.compile(r"status code: (\d{3})")
_MOST = 160  # characters of what a server said


NO_KEY, NOT_ALLOWED = "NoSuchKey", "AccessDenied"


class StoreError(StorageError):
    """A store doesn't take, or give, an image; the message names it and the remedy.

    `code` is S3's word for it, where there is one.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class BucketError(StoreError):
    """It is the fault of one bucket, or of its name: images of others come and go."""


class UnknownKeyError(StoreError):
    """There is no such object."""

    def __init__(self, message: str) -> None:
        super().__init__(message, NO_KEY)


def gone(place: str) -> UnknownKeyError:
    """Say that an image is not where it was saved."""
    return UnknownKeyError(english("{place} is not there any more.", place=place))


_MEANINGS = {
    "NoSuchBucket": english(
        "There is no bucket {bucket} at {store}: make it (aws s3 mb s3://{bucket}), or name "
        "another one (--output-dir, IMAGEDECK_OUTPUT_DIR)."
    ),
    "InvalidAccessKeyId": english("{store} does not know your AWS_ACCESS_KEY_ID: correct it."),
    "SignatureDoesNotMatch": english(
        "{store} takes AWS_SECRET_ACCESS_KEY for another one than that of your "
        "AWS_ACCESS_KEY_ID: correct it."
    ),
    "ExpiredToken": english("At {store} your AWS_SESSION_TOKEN has expired: get a new one."),
    "InvalidToken": english("{store} does not take your AWS_SESSION_TOKEN: get a new one."),
    "AccessDenied": english(
        "Your credentials may not write and read in bucket {bucket} at {store}: they need "
        "s3:PutObject and s3:GetObject."
    ),
    "PermanentRedirect": english(
        "Bucket {bucket} is in another region than AWS_REGION says: set it to the bucket's."
    ),
    "AuthorizationHeaderMalformed": english(
        "Bucket {bucket} is in another region than AWS_REGION says: set it to the bucket's."
    ),
    "NotImplemented": english(
        "{store} can't write a new object without replacing an old one (If-None-Match), "
        "and images must never be replaced: use another store."
    ),
}
_OF_ONE_BUCKET = frozenset(
    {"NoSuchBucket", NOT_ALLOWED, "PermanentRedirect", "AuthorizationHeaderMalformed"}
)
_AWAY = english(
    "{store} can't be reached: see that it runs, and that AWS_ENDPOINT_URL leads to it."
)
_ODD = english("{store} answers {status}: {said}")


def explained(error: Exception, *, bucket: str, store: str) -> StoreError:
    """Return what the library's error means."""
    text = str(error)
    found, status = _CODE.search(text), _STATUS.search(text)
    code = found[1] if found else ""
    if code not in _MEANINGS and status and status[1] == "403":
        code = NOT_ALLOWED  # a proxy's, or the answer to a question without a body
    if meaning := _MEANINGS.get(code):
        kind = BucketError if code in _OF_ONE_BUCKET else StoreError
        return kind(english(meaning, bucket=bucket, store=store), code)
    if status:
        said = code or clean(text.partition("Debug source")[0], _MOST)
        return StoreError(english(_ODD, store=store, status=status[1], said=said), code)
    return StoreError(english(_AWAY, store=store))
