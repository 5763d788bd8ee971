"""What was taken to the workshop, what happened to it there, and the job that brings it home."""

# fmt: off
STATEMENTS = [
    'CREATE TABLE "workshop_item" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "visit_id" INTEGER NOT NULL, "taken_at" DATETIME NOT NULL, "state" VARCHAR(255) NOT NULL, "promised_on" DATE NOT NULL, "bringing_id" INTEGER, "returned_at" DATETIME, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"), FOREIGN KEY ("bringing_id") REFERENCES "work_order" ("id"))',
    'CREATE UNIQUE INDEX "workshop_item_visit_id" ON "workshop_item" ("visit_id")',
    'CREATE INDEX "workshop_item_bringing_id" ON "workshop_item" ("bringing_id")',
    'CREATE INDEX "workshop_item_outlet_id_returned_at_promised_on" ON "workshop_item" ("outlet_id", "returned_at", "promised_on")',
    'CREATE TABLE "workshop_entry" ("id" INTEGER NOT NULL PRIMARY KEY, "item_id" INTEGER NOT NULL, "kind" VARCHAR(255) NOT NULL, "state" VARCHAR(255), "at" DATETIME NOT NULL, "person_id" INTEGER NOT NULL, "record_key" VARCHAR(255), "body" TEXT NOT NULL, FOREIGN KEY ("item_id") REFERENCES "workshop_item" ("id"), FOREIGN KEY ("person_id") REFERENCES "person" ("id"))',
    'CREATE INDEX "workshop_entry_item_id" ON "workshop_entry" ("item_id")',
    'ALTER TABLE "work_order" ADD COLUMN "brings_back" TEXT',
]
TRIGGERS = [
    "create trigger workshop_entry_no_update before update on workshop_entry"
    " begin select raise(abort, 'what happened in the workshop is append-only'); end",
    "create trigger workshop_entry_no_delete before delete on workshop_entry"
    " begin select raise(abort, 'what happened in the workshop is append-only'); end",
    "create trigger workshop_entry_no_replace before insert on workshop_entry"
    " when exists (select 1 from workshop_entry where id = new.id)"
    " begin select raise(abort, 'what happened in the workshop is append-only'); end",
]


def up(migrator, db):
    """Make the two tables, the triggers that keep what was written, and the column of the job that brings home."""
    for statement in STATEMENTS + TRIGGERS:
        db.execute_sql(statement)
