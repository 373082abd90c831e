"""Everything that can be asked of a lab's database."""

from db.queries.overlooking import Overlooking


class Reader(Overlooking):
    """The questions. Given by `Database.read()`; a `Writer` answers them too, inside its transaction.

    Lists are in the order of writing (samples, suggestions: by number) and take `limit` and `offset`. Questions after
    one thing raise Refusal when it is not there, except those that say "or None".
    """
