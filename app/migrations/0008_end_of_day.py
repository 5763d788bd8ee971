"""The end of the day: what was handed in, sign-offs, doubts, batches to the centre, links to copies; surveys on calls."""

# fmt: off
STATEMENTS = [
    'CREATE TABLE "receiving" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "visit_id" INTEGER NOT NULL, "thing" VARCHAR(255) NOT NULL, "state" VARCHAR(255) NOT NULL, "amount" INTEGER, "reason" VARCHAR(255) NOT NULL, "person_id" INTEGER NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"), FOREIGN KEY ("person_id") REFERENCES "person" ("id"))',
    'CREATE INDEX "receiving_visit_id" ON "receiving" ("visit_id")',
    'CREATE TABLE "day_close" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "day" DATE NOT NULL, "engineer_id" INTEGER, "person_id" INTEGER NOT NULL, "at" DATETIME NOT NULL, "figures" TEXT NOT NULL, "note" VARCHAR(255) NOT NULL, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("engineer_id") REFERENCES "person" ("id"), FOREIGN KEY ("person_id") REFERENCES "person" ("id"))',
    'CREATE INDEX "day_close_outlet_id_day" ON "day_close" ("outlet_id", "day")',
    'CREATE TABLE "doubt" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "visit_id" INTEGER NOT NULL, "kind" VARCHAR(255) NOT NULL, "data" TEXT NOT NULL, "person_id" INTEGER NOT NULL, "at" DATETIME NOT NULL, "said" TEXT NOT NULL, "said_at" DATETIME, "decision" VARCHAR(255), "decided_by_id" INTEGER, "decided_at" DATETIME, "text" TEXT NOT NULL, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"), FOREIGN KEY ("person_id") REFERENCES "person" ("id"), FOREIGN KEY ("decided_by_id") REFERENCES "person" ("id"))',
    'CREATE UNIQUE INDEX "doubt_visit_id_kind" ON "doubt" ("visit_id", "kind")',
    'CREATE INDEX "doubt_outlet_id_decided_at" ON "doubt" ("outlet_id", "decided_at")',
    'CREATE TABLE "batch" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "number" VARCHAR(255) NOT NULL, "made_at" DATETIME NOT NULL, "made_by_id" INTEGER NOT NULL, "sent_at" DATETIME, "sent_by_id" INTEGER, "way" VARCHAR(255) NOT NULL, "waybill" VARCHAR(255) NOT NULL, "confirmed_at" DATETIME, "confirmed_by_id" INTEGER, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("made_by_id") REFERENCES "person" ("id"), FOREIGN KEY ("sent_by_id") REFERENCES "person" ("id"), FOREIGN KEY ("confirmed_by_id") REFERENCES "person" ("id"))',
    'CREATE UNIQUE INDEX "batch_number" ON "batch" ("number")',
    'CREATE INDEX "batch_outlet_id_made_at" ON "batch" ("outlet_id", "made_at")',
    'CREATE TABLE "batch_line" ("id" INTEGER NOT NULL PRIMARY KEY, "batch_id" INTEGER NOT NULL, "visit_id" INTEGER NOT NULL, "number" VARCHAR(255) NOT NULL, FOREIGN KEY ("batch_id") REFERENCES "batch" ("id"), FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"))',
    'CREATE INDEX "batch_line_batch_id" ON "batch_line" ("batch_id")',
    'CREATE UNIQUE INDEX "batch_line_visit_id" ON "batch_line" ("visit_id")',
    'CREATE TABLE "copy_link" ("id" INTEGER NOT NULL PRIMARY KEY, "visit_id" INTEGER NOT NULL, "token" VARCHAR(255) NOT NULL, "made_at" DATETIME NOT NULL, "made_by_id" INTEGER NOT NULL, "expires" DATETIME NOT NULL, "given_at" DATETIME, "given_by_id" INTEGER, "way" VARCHAR(255) NOT NULL, "opened_at" DATETIME, "revoked_at" DATETIME, FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"), FOREIGN KEY ("made_by_id") REFERENCES "person" ("id"), FOREIGN KEY ("given_by_id") REFERENCES "person" ("id"))',
    'CREATE INDEX "copy_link_visit_id" ON "copy_link" ("visit_id")',
    'CREATE UNIQUE INDEX "copy_link_token" ON "copy_link" ("token")',
    'ALTER TABLE "follow_up" ADD COLUMN "survey" TEXT',
]


def up(migrator, db):
    """Make the tables and the one column more."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
