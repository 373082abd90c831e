"""What every table is made of: named constraints, its own id, its lab's, and the time of a fact."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.types import UtcDatetime

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = sa.MetaData(naming_convention=NAMING_CONVENTION)


class Base(SQLModel):
    metadata: ClassVar[sa.MetaData] = METADATA


class Row(Base):
    """What every row has: its own id, and its lab's."""

    id: int | None = Field(default=None, primary_key=True)
    lab_id: int = Field(foreign_key="lab.id")


class Fact(Row):
    at: datetime = Field(sa_type=UtcDatetime)


def json_field() -> Any:
    """A column that holds JSON."""
    return Field(sa_type=sa.JSON)


def optional_json_field() -> Any:
    """A column that holds JSON or nothing (SQL's NULL, not JSON's)."""
    return Field(default=None, sa_column_kwargs={"nullable": True}, sa_type=sa.JSON(none_as_null=True))
