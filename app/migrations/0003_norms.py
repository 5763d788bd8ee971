"""Drafts of norms, their changes, and what was put in force from when; a kept norm or price list never changes."""

# fmt: off
STATEMENTS = [
    'CREATE TABLE "norm_draft" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "based_on" VARCHAR(255) NOT NULL, "body" TEXT NOT NULL, "version" INTEGER NOT NULL, "created_at" DATETIME NOT NULL, "created_by_id" INTEGER NOT NULL, "changed_at" DATETIME NOT NULL, "changed_by_id" INTEGER NOT NULL, "closed_at" DATETIME, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("created_by_id") REFERENCES "person" ("id"), FOREIGN KEY ("changed_by_id") REFERENCES "person" ("id"))',
    'CREATE INDEX "norm_draft_outlet_id" ON "norm_draft" ("outlet_id")',
    'CREATE TABLE "norm_edit" ("id" INTEGER NOT NULL PRIMARY KEY, "draft_id" INTEGER NOT NULL, "version" INTEGER NOT NULL, "path" VARCHAR(255) NOT NULL, "before" TEXT NOT NULL, "after" TEXT NOT NULL, "person_id" INTEGER NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("draft_id") REFERENCES "norm_draft" ("id"), FOREIGN KEY ("person_id") REFERENCES "person" ("id"))',
    'CREATE INDEX "norm_edit_draft_id_version" ON "norm_edit" ("draft_id", "version")',
    'CREATE TABLE "norm_release" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "hash" VARCHAR(255) NOT NULL, "from_day" DATE NOT NULL, "released_at" DATETIME NOT NULL, "released_by_id" INTEGER NOT NULL, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("released_by_id") REFERENCES "person" ("id"))',
    'CREATE INDEX "norm_release_outlet_id_from_day" ON "norm_release" ("outlet_id", "from_day")',
]
TRIGGERS = [
    "create trigger content_no_update before update on content"
    " begin select raise(abort, 'what visits began under never changes'); end",
    "create trigger content_no_delete before delete on content"
    " begin select raise(abort, 'what visits began under never changes'); end",
    "create trigger norm_release_no_update before update on norm_release"
    " begin select raise(abort, 'a release stands; a later one takes its place'); end",
    "create trigger norm_release_no_delete before delete on norm_release"
    " begin select raise(abort, 'a release stands; a later one takes its place'); end",
]


def up(migrator, db):
    """Make the tables, their indexes and the triggers that keep published norms as they are."""
    for statement in STATEMENTS + TRIGGERS:
        db.execute_sql(statement)
