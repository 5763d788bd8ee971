"""Prints the first migration from the models. Only for the time before the first release; later ones are by hand."""

from app.models.tables import TABLES

HEAD = '''"""The first schema, frozen, with the triggers that keep records append-only (decided once, never edited)."""

# fmt: off
STATEMENTS = [
'''
TAIL = ''']
TRIGGERS = [
    "create trigger record_no_update before update on record begin select raise(abort, 'records are append-only'); end",
    # "insert or replace" deletes without asking the delete triggers.
    "create trigger record_no_replace before insert on record when exists (select 1 from record where id = new.id"
    " or key = new.key or (visit_id = new.visit_id and seq = new.seq))"
    " begin select raise(abort, 'records are append-only'); end",
    "create trigger record_body_no_replace before insert on record_body"
    " when exists (select 1 from record_body where record_id = new.record_id)"
    " begin select raise(abort, 'records are append-only'); end",
    "create trigger record_no_delete before delete on record begin select raise(abort, 'records are append-only'); end",
    "create trigger record_body_no_update before update on record_body"
    " begin select raise(abort, 'records are append-only'); end",
    "create trigger record_body_no_delete before delete on record_body"
    " when not exists (select 1 from retention_run where ended is null)"
    " begin select raise(abort, 'only a retention run may forget'); end",
    "create trigger retention_run_no_delete before delete on retention_run"
    " begin select raise(abort, 'the log of forgetting stays'); end",
]


def up(migrator, db):
    """Make every table, index and trigger."""
    for statement in STATEMENTS + TRIGGERS:
        db.execute_sql(statement)
'''

if __name__ == "__main__":
    print(HEAD, end="")
    for table in TABLES:
        print(f"    {table._schema._create_table(safe=False).query()[0]!r},")
        for index in table._schema._create_indexes(safe=False):
            print(f"    {index.query()[0]!r},")
    print(TAIL, end="")
