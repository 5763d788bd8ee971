"""What is remembered of past repairs: one line each, their terms for full-text search, and the technical section's answers."""

STATEMENTS = [
    'CREATE TABLE "past_repair" ("visit_id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "customer_id" INTEGER NOT NULL, "kind" VARCHAR(255) NOT NULL, "serial" VARCHAR(255) NOT NULL, "day" DATE NOT NULL, "faults" TEXT NOT NULL, "cause" VARCHAR(255) NOT NULL, "outcome" VARCHAR(255) NOT NULL, "parts" TEXT NOT NULL, FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"), FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("customer_id") REFERENCES "customer" ("id"))',
    'CREATE INDEX "past_repair_outlet_id_serial" ON "past_repair" ("outlet_id", "serial")',
    'CREATE INDEX "past_repair_customer_id_kind" ON "past_repair" ("customer_id", "kind")',
    'CREATE TABLE "past_consult" ("record_key" VARCHAR(255) NOT NULL PRIMARY KEY, "visit_id" INTEGER NOT NULL, "day" DATE NOT NULL, "by" VARCHAR(255) NOT NULL, "answer" TEXT NOT NULL, FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"))',
    'CREATE INDEX "past_consult_visit_id" ON "past_consult" ("visit_id")',
    # The terms are made by `app.domain.recall`; SQLite only parts them at the spaces between.
    "CREATE VIRTUAL TABLE past_repair_terms USING fts5(place, terms, tokenize = \"ascii tokenchars '_'\")",
]


def up(migrator, db):
    """Make the tables; `flask rebuild --all` fills them from the records of visits that ended before."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
