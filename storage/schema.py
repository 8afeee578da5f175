"""The schema that all tables belong to: how their keys and indexes are named, and what an instant is."""

from typing import Final

from sqlalchemy import DateTime, MetaData

SCHEMA: Final = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)
INSTANT: Final = DateTime(timezone=True)
