"""User errors: what is wrong with the input of a mutation, with the place and a code."""

from collections.abc import Callable


class UserErrors(Exception):
    """The mutation is refused; ``errors`` are dicts of field, message, code."""

    def __init__(self, errors: list[dict]):
        super().__init__("; ".join(error["message"] for error in errors))
        self.errors = errors


def problem(message: str, code: str, *field: str | int) -> dict:
    return {"field": [str(part) for part in field] or None, "message": message, "code": code}


def refuse(message: str, code: str, *field: str | int):
    """Raise one user error."""
    raise UserErrors([problem(message, code, *field)])


def shown(info, errors: list[dict], enum: str | None = None, fallback: str = "INVALID") -> list[dict]:
    """Errors for a payload: codes that its enum does not have become ``fallback``; without enum there is none."""
    known = info.schema.type_map[enum].values if enum else {}
    return [
        {**error, "code": (error["code"] if error["code"] in known else fallback) if enum else None}
        for error in errors
    ]  # fmt: skip


def guarded(work: Callable[[], dict], refused: Callable[[list[dict]], dict]) -> dict:
    """The payload of ``work``, or what ``refused`` makes of its user errors."""
    try:
        return work()
    except UserErrors as error:
        return refused(error.errors)
