"""The journal, and how much there is."""

from collections.abc import Iterator

import sqlalchemy as sa

from db.lineage import Counts
from db.projections import RESULT_EVENTS
from db.queries.access import Access, to_value
from db.tables import FACTS, TABLES
from db.values import JournalEntry

_CHUNK = 1000


class Remembering(Access):
    """The lab's memory as a whole."""

    def journal(
        self,
        subject: str | None = None,
        subject_id: int | None = None,
        *,
        event: str | None = None,
        after_id: int = 0,
        limit: int | None = 100,
        offset: int = 0,
    ) -> list[JournalEntry]:
        """Return journal lines, newest first. `subject` is a table's name ("sample"), `event` one like "file.read"."""
        journal = TABLES["journal"]
        query = self._select("journal").where(journal.c.id > after_id).order_by(journal.c.id.desc())
        for column, wanted in (("subject", subject), ("subject_id", subject_id), ("event", event)):
            if wanted is not None:
                query = query.where(journal.c[column] == wanted)
        return self._values(JournalEntry, query, limit=limit, offset=offset)

    def journal_in_order(self) -> Iterator[JournalEntry]:
        """Yield every journal line, oldest first, without holding all of them."""
        journal = TABLES["journal"]
        query = self._select("journal").order_by(journal.c.id).execution_options(yield_per=_CHUNK)
        for row in self._connection.execute(query).mappings():
            yield to_value(JournalEntry, row)

    def max_journal_id(self) -> int:
        """Return the id of the newest journal line, 0 when there is none."""
        journal = TABLES["journal"]
        return int(self._scalar(sa.select(sa.func.max(journal.c.id)).where(journal.c.lab_id == self.lab.id)) or 0)

    def is_teaching_as_at(self, journal_id: int) -> bool:
        """Return whether the journal tells nothing after this line that could change which results teach."""
        journal = TABLES["journal"].c
        query = sa.select(journal.event).where(journal.id > journal_id, journal.lab_id == self.lab.id).distinct()
        return RESULT_EVENTS.isdisjoint(self._connection.execute(query).scalars())

    def counts(self) -> Counts:
        """Return how many rows each table of facts has, and how many files, samples and suggestions per state."""
        tables = (*FACTS, "sighting", "furnace_reading", "lesson", "prediction", "journal")
        return Counts(
            rows={name: self._count(name) for name in tables},
            files=self.count_states("file_state"),
            samples=self.count_states("sample_state"),
            suggestions=self.count_states("suggestion_state"),
        )

    def _count(self, name: str) -> int:
        table = TABLES[name]
        return int(self._scalar(sa.select(sa.func.count()).select_from(table).where(table.c.lab_id == self.lab.id)))

    def count_states(self, name: str) -> dict[str, int]:
        """Return how many there are in each state; `name` is "file_state", "sample_state" or "suggestion_state".

        Of "spectrum_state", how many there are of each standing.
        """
        states = TABLES[name].c
        state = states.standing if name == "spectrum_state" else states.state
        query = sa.select(state, sa.func.count()).where(states.lab_id == self.lab.id).group_by(state)
        return {row[0]: row[1] for row in self._connection.execute(query.order_by(state))}
