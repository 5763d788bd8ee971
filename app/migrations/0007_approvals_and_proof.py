"""Owners approve by a link; a person's training, who vouches for it, and a private number that the company approved."""

STATEMENTS = [
    'CREATE TABLE "approval" ("id" INTEGER NOT NULL PRIMARY KEY, "visit_id" INTEGER NOT NULL, "nonce" VARCHAR(255) NOT NULL, "step" VARCHAR(255) NOT NULL, "content" TEXT NOT NULL, "digest" VARCHAR(255) NOT NULL, "person_id" INTEGER NOT NULL, "asked_at" DATETIME NOT NULL, "expires" DATETIME NOT NULL, "seen_at" DATETIME, "answered_at" DATETIME, "answer" VARCHAR(255), FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"), FOREIGN KEY ("person_id") REFERENCES "person" ("id"))',
    'CREATE INDEX "approval_visit_id" ON "approval" ("visit_id")',
    'CREATE UNIQUE INDEX "approval_nonce" ON "approval" ("nonce")',
]
COLUMNS = (
    ("training", "VARCHAR(255)"), ("training_until", "DATE"), ("vouched_by", "VARCHAR(255)"), ("vouched_on", "DATE"),
    ("private_number", "VARCHAR(255)"), ("private_number_by", "VARCHAR(255)"), ("private_number_on", "DATE"),
)  # fmt: skip


def up(migrator, db):
    """One table, and seven columns more."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
    for name, kind in COLUMNS:
        db.execute_sql(f'ALTER TABLE "person" ADD COLUMN "{name}" {kind}')
