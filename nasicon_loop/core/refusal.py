"""The root of all errors that we raise on purpose."""


class Refusal(Exception):
    """Something the user gave cannot be used; nothing was changed.

    `where` names the thing (a path, a label, an option), `reason` says in one line what is wrong with it and, where
    possible, what to do. `str()` gives `where: reason`.
    """

    def __init__(self, reason: str, where: object = None) -> None:
        self.reason = reason
        self.where = None if where is None else str(where)
        super().__init__(reason, self.where)

    def __str__(self) -> str:
        return self.reason if self.where is None else f"{self.where}: {self.reason}"
