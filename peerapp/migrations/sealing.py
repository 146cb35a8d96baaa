"""Sealing and unsealing of columns that hold rows already, for migrations."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from peerapp.sealing import Keyring, PersonKey, seal, sealed_by, unseal

BATCH = 500


@dataclass(frozen=True)
class SealedTable:
    """Columns of one table that are sealed together.

    Attributes
    ----------
    owner
        SQL that gives the id of the owner of a row's key.
    columns
        Each column with the type that it has unsealed.
    indexes
        Columns for blind indexes, by the sealed column: unique in a scheme in its place.
    """

    name: str
    owner: str
    columns: Mapping[str, sa.types.TypeEngine[Any]]
    indexes: Mapping[str, str] = field(default_factory=dict)

    def table(self) -> sa.TableClause:
        """Return the table with ids and the columns, as text."""
        names = (*self.columns, *self.indexes.values())
        columns: list[sa.ColumnClause[Any]] = [sa.column(name, sa.Text()) for name in names]
        return sa.table(
            self.name, sa.column("id", sa.Uuid()), sa.column("scheme_id", sa.Uuid()), *columns
        )


class Keys:
    """The keys of persons that a migration makes or opens."""

    table = sa.table(
        "person_key",
        sa.column("id", sa.Uuid()),
        sa.column("scheme_id", sa.Uuid()),
        sa.column("owner_id", sa.Uuid()),
        sa.column("wrapped", sa.Text()),
        sa.column("scheme_key_id", sa.Uuid()),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )

    def __init__(self, bind: sa.Connection, keyring: Keyring | None) -> None:
        if keyring is None:
            raise RuntimeError("this database holds people: the migration needs PEERAPP_KEYS")
        self.keyring = keyring
        self._bind = bind
        self._by_owner: dict[uuid.UUID, PersonKey] = {}
        self._by_id: dict[uuid.UUID, PersonKey] = {}
        self._load()

    def _load(self) -> None:
        for row in self._bind.execute(self.table.select().where(self.table.c.wrapped.is_not(None))):
            key = self.keyring.open_person_key(row.wrapped, row.id, row.owner_id, row.scheme_key_id)
            self._by_owner[row.owner_id] = self._by_id[row.id] = key

    def of(self, owner: uuid.UUID, scheme_id: uuid.UUID) -> PersonKey:
        """Return the key of an owner, made if there is none."""
        if owner not in self._by_owner:
            active = self._active()
            key, wrapped = self.keyring.make_person_key(owner, active)
            self._bind.execute(
                self.table.insert().values(
                    id=key.id,
                    scheme_id=scheme_id,
                    owner_id=owner,
                    wrapped=wrapped,
                    scheme_key_id=active,
                    created_at=datetime.now(UTC),
                )
            )
            self._by_owner[owner] = self._by_id[key.id] = key
        return self._by_owner[owner]

    def _active(self) -> uuid.UUID:
        """Return the scheme key that the database calls active: another may have come since."""
        query = sa.text("SELECT id FROM scheme_key WHERE is_active AND NOT is_index")
        found: uuid.UUID = self._bind.execute(query.columns(id=sa.Uuid())).scalar_one()
        return found

    def opening(self, token: str) -> PersonKey | None:
        """Return the key that a sealed value asks for; None when it was destroyed."""
        return self._by_id.get(sealed_by(token))


def register_keys() -> None:
    """Write ids and fingerprints of the keyring down, as ``models.vault.register`` does."""
    keyring: Keyring | None = context.config.attributes.get("keys")
    if keyring is None:
        return
    table = sa.table(
        "scheme_key",
        sa.column("id", sa.Uuid()),
        sa.column("fingerprint", sa.String()),
        sa.column("is_index", sa.Boolean()),
        sa.column("is_active", sa.Boolean()),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    for key_id, fingerprint in keyring.fingerprints().items():
        op.get_bind().execute(
            table.insert().values(
                id=key_id,
                fingerprint=fingerprint,
                is_index=key_id == keyring.keys.index_id,
                is_active=key_id == keyring.active,
                created_at=datetime.now(UTC),
            )
        )


def seal_tables(tables: tuple[SealedTable, ...]) -> None:
    """Make the columns text and seal what they hold."""
    keys: Keys | None = None
    for one in tables:
        with op.batch_alter_table(one.name) as batch:
            for name, kind in one.columns.items():
                batch.alter_column(
                    name,
                    existing_type=kind,
                    type_=sa.Text(),
                    server_default=None,
                    postgresql_using=f"{name}::text",
                )
            for name in one.indexes.values():
                batch.add_column(sa.Column(name, sa.String(43), nullable=True))
        for row in _rows(one):
            keys = keys or Keys(op.get_bind(), context.config.attributes.get("keys"))
            _seal_row(one, row, keys)
            context.config.attributes["was_sealed"] = True
        for name, index in one.indexes.items():
            _swap_unique(one.name, name, index)


def _swap_unique(table: str, old: str, new: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.alter_column(new, existing_type=sa.String(43), nullable=False)
        batch.drop_constraint(op.f(f"uq_{table}_scheme_id_{old}"), type_="unique")
        batch.create_unique_constraint(op.f(f"uq_{table}_scheme_id_{new}"), ["scheme_id", new])


def _seal_row(one: SealedTable, row: sa.RowMapping, keys: Keys) -> None:
    sealed: dict[str, str | None] = {}
    for name, kind in one.columns.items():
        plain = row[name]
        if isinstance(kind, sa.JSON) and plain is not None:
            value = json.loads(plain)
            plain = (
                None
                if value is None
                else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            )
            sealed[name] = None
        if plain:
            key = keys.of(row["owner"], row["scheme_id"])
            sealed[name] = seal(key, plain.encode(), f"{one.name}.{name}:{row['id']}")
        if plain and name in one.indexes:
            kind_of = one.indexes[name].removesuffix("_index")
            text = plain.strip().lower()
            sealed[one.indexes[name]] = keys.keyring.index(
                keys.keyring.keys.index_id, kind_of, row["scheme_id"], text
            )
    if sealed:
        _update(one, row["id"], sealed)


def unseal_tables(tables: tuple[SealedTable, ...]) -> None:
    """Put the values back in clear, and the columns back to their types."""
    keys: Keys | None = None
    for one in tables:
        for row in _rows(one):
            keys = keys or Keys(op.get_bind(), context.config.attributes.get("keys"))
            _unseal_row(one, row, keys)
        for name, kind in one.columns.items():
            _type_back(one.name, name, kind)
        for name, index in one.indexes.items():
            with op.batch_alter_table(one.name) as batch:
                batch.drop_constraint(op.f(f"uq_{one.name}_scheme_id_{index}"), type_="unique")
                batch.drop_column(index)
                batch.create_unique_constraint(
                    op.f(f"uq_{one.name}_scheme_id_{name}"), ["scheme_id", name]
                )


def _unseal_row(one: SealedTable, row: sa.RowMapping, keys: Keys) -> None:
    plain: dict[str, str | None] = {}
    for name, kind in one.columns.items():
        if row[name]:
            key = keys.opening(row[name])
            place = f"{one.name}.{name}:{row['id']}"
            is_text = isinstance(kind, sa.String)
            gone = "[erased]" if is_text else None
            plain[name] = gone if key is None else unseal(key, row[name], place).decode()
    if plain:
        _update(one, row["id"], plain)


def _type_back(table: str, name: str, kind: sa.types.TypeEngine[Any]) -> None:
    if op.get_bind().dialect.name == "sqlite" and isinstance(kind, sa.Date):
        # A cast to DATE makes a number of it there: 1985 of 1985-04-02.
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(f"{name}_plain", kind))
        op.execute(f"UPDATE {table} SET {name}_plain = {name}")
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)
            batch.alter_column(f"{name}_plain", new_column_name=name)
        return
    using = f"{name}::{kind.compile(op.get_bind().dialect)}"
    with op.batch_alter_table(table) as batch:
        batch.alter_column(name, existing_type=sa.Text(), type_=kind, postgresql_using=using)


def _rows(one: SealedTable) -> Iterator[sa.RowMapping]:
    """Yield all rows in batches, by id, so that what is written on the way does not matter."""
    table = one.table()
    owner = sa.literal_column(one.owner, sa.Uuid()).label("owner")
    last: uuid.UUID | None = None
    while True:
        query = sa.select(table, owner).order_by(table.c.id).limit(BATCH)
        if last is not None:
            query = query.where(table.c.id > last)
        rows = op.get_bind().execute(query).mappings().all()
        yield from rows
        if len(rows) < BATCH:
            return
        last = rows[-1]["id"]


def _update(one: SealedTable, row_id: uuid.UUID, values: dict[str, str | None]) -> None:
    table = one.table()
    op.get_bind().execute(table.update().where(table.c.id == row_id).values(values))
