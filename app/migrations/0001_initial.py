"""The first schema, frozen, with the triggers that keep records append-only (decided once, never edited)."""

# fmt: off
STATEMENTS = [
    'CREATE TABLE "outlet" ("id" INTEGER NOT NULL PRIMARY KEY, "code" VARCHAR(255) NOT NULL, "name" VARCHAR(255) NOT NULL, "address" VARCHAR(255) NOT NULL, "phone" VARCHAR(255) NOT NULL, "complaint_phone" VARCHAR(255) NOT NULL, "country" VARCHAR(255) NOT NULL, "timezone" VARCHAR(255) NOT NULL, "currency" VARCHAR(255) NOT NULL, "language" VARCHAR(255) NOT NULL, "languages" TEXT NOT NULL, "protocol" VARCHAR(255) NOT NULL, "price_list" VARCHAR(255) NOT NULL, "settings" TEXT NOT NULL, "is_demo" INTEGER NOT NULL)',
    'CREATE UNIQUE INDEX "outlet_code" ON "outlet" ("code")',
    'CREATE TABLE "person" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "login" VARCHAR(255) NOT NULL, "name" VARCHAR(255) NOT NULL, "role" VARCHAR(255) NOT NULL, "lead" INTEGER NOT NULL, "language" VARCHAR(255) NOT NULL, "theme" VARCHAR(255) NOT NULL, "password_hash" VARCHAR(255) NOT NULL, "photo" VARCHAR(255), "permit_no" VARCHAR(255) NOT NULL, "permit_expires" DATE, "phone" VARCHAR(255) NOT NULL, "active" INTEGER NOT NULL, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"))',
    'CREATE INDEX "person_outlet_id" ON "person" ("outlet_id")',
    'CREATE UNIQUE INDEX "person_login" ON "person" ("login")',
    'CREATE TABLE "session" ("id" INTEGER NOT NULL PRIMARY KEY, "token_hash" VARCHAR(255) NOT NULL, "person_id" INTEGER NOT NULL, "device" VARCHAR(255) NOT NULL, "created" DATETIME NOT NULL, "last_seen" DATETIME NOT NULL, "user_agent" VARCHAR(255) NOT NULL, "revoked_at" DATETIME, "unlock_hash" VARCHAR(255), "lock_visit" INTEGER, "lock_token" VARCHAR(255), "unlock_code" VARCHAR(255), "code_read_at" DATETIME, "code_read_by" INTEGER, FOREIGN KEY ("person_id") REFERENCES "person" ("id"))',
    'CREATE UNIQUE INDEX "session_token_hash" ON "session" ("token_hash")',
    'CREATE INDEX "session_person_id" ON "session" ("person_id")',
    'CREATE TABLE "sign_in_attempt" ("id" INTEGER NOT NULL PRIMARY KEY, "login" VARCHAR(255) NOT NULL, "address" VARCHAR(255) NOT NULL, "at" DATETIME NOT NULL, "ok" INTEGER NOT NULL)',
    'CREATE INDEX "sign_in_attempt_login_at" ON "sign_in_attempt" ("login", "at")',
    'CREATE INDEX "sign_in_attempt_address_at" ON "sign_in_attempt" ("address", "at")',
    'CREATE TABLE "content" ("hash" VARCHAR(255) NOT NULL PRIMARY KEY, "kind" VARCHAR(255) NOT NULL, "name" VARCHAR(255) NOT NULL, "body" TEXT NOT NULL, "stored" DATETIME NOT NULL)',
    'CREATE TABLE "customer" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "name" VARCHAR(255) NOT NULL, "address" VARCHAR(255) NOT NULL, "area" VARCHAR(255) NOT NULL, "route" VARCHAR(255) NOT NULL, "phones" TEXT NOT NULL, "phone" VARCHAR(255) NOT NULL, "language" VARCHAR(255) NOT NULL, "note" VARCHAR(255) NOT NULL, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"))',
    'CREATE INDEX "customer_outlet_id" ON "customer" ("outlet_id")',
    'CREATE INDEX "customer_phone" ON "customer" ("phone")',
    'CREATE TABLE "appliance" ("id" INTEGER NOT NULL PRIMARY KEY, "customer_id" INTEGER NOT NULL, "kind" VARCHAR(255) NOT NULL, "brand" VARCHAR(255) NOT NULL, "model" VARCHAR(255) NOT NULL, "serial" VARCHAR(255) NOT NULL, "purchase_date" DATE, "installed_on" DATE, FOREIGN KEY ("customer_id") REFERENCES "customer" ("id"))',
    'CREATE INDEX "appliance_customer_id" ON "appliance" ("customer_id")',
    'CREATE INDEX "appliance_serial" ON "appliance" ("serial")',
    'CREATE TABLE "work_order" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "number" VARCHAR(255) NOT NULL, "customer_id" INTEGER NOT NULL, "appliance_id" INTEGER NOT NULL, "kind" VARCHAR(255) NOT NULL, "symptom" TEXT NOT NULL, "symptom_codes" TEXT NOT NULL, "request" TEXT NOT NULL, "urgency" VARCHAR(255) NOT NULL, "received_at" DATETIME NOT NULL, "source" VARCHAR(255) NOT NULL, "wanted_from" DATETIME, "wanted_to" DATETIME, "created_by_id" INTEGER, "import_key" VARCHAR(255), FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("customer_id") REFERENCES "customer" ("id"), FOREIGN KEY ("appliance_id") REFERENCES "appliance" ("id"), FOREIGN KEY ("created_by_id") REFERENCES "person" ("id"))',
    'CREATE INDEX "work_order_customer_id" ON "work_order" ("customer_id")',
    'CREATE INDEX "work_order_appliance_id" ON "work_order" ("appliance_id")',
    'CREATE INDEX "work_order_created_by_id" ON "work_order" ("created_by_id")',
    'CREATE UNIQUE INDEX "work_order_outlet_id_number" ON "work_order" ("outlet_id", "number")',
    'CREATE UNIQUE INDEX "work_order_outlet_id_import_key" ON "work_order" ("outlet_id", "import_key")',
    'CREATE TABLE "visit" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "work_order_id" INTEGER NOT NULL, "engineer_id" INTEGER, "follows_id" INTEGER, "reference" VARCHAR(255) NOT NULL, "day" DATE NOT NULL, "slot_start" DATETIME NOT NULL, "slot_end" DATETIME NOT NULL, "travel_minutes" INTEGER NOT NULL, "language" VARCHAR(255) NOT NULL, "protocol" VARCHAR(255) NOT NULL, "price_list" VARCHAR(255) NOT NULL, "customer_token" VARCHAR(255) NOT NULL, "created_at" DATETIME NOT NULL, "state" VARCHAR(255) NOT NULL, "outcome" VARCHAR(255), "next_step" VARCHAR(255), "stage" VARCHAR(255), "arrived_at" DATETIME, "finished_at" DATETIME, "signed" VARCHAR(255), "total" INTEGER, "clock" VARCHAR(255), "version" INTEGER NOT NULL, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("work_order_id") REFERENCES "work_order" ("id"), FOREIGN KEY ("engineer_id") REFERENCES "person" ("id"), FOREIGN KEY ("follows_id") REFERENCES "visit" ("id"))',
    'CREATE INDEX "visit_work_order_id" ON "visit" ("work_order_id")',
    'CREATE INDEX "visit_follows_id" ON "visit" ("follows_id")',
    'CREATE UNIQUE INDEX "visit_reference" ON "visit" ("reference")',
    'CREATE UNIQUE INDEX "visit_customer_token" ON "visit" ("customer_token")',
    'CREATE INDEX "visit_engineer_id_day_slot_start" ON "visit" ("engineer_id", "day", "slot_start")',
    'CREATE INDEX "visit_outlet_id_day_state" ON "visit" ("outlet_id", "day", "state")',
    'CREATE TABLE "record" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "visit_id" INTEGER NOT NULL, "seq" INTEGER NOT NULL, "key" VARCHAR(255) NOT NULL, "step" VARCHAR(255) NOT NULL, "act" VARCHAR(255) NOT NULL, "at" DATETIME NOT NULL, "received" DATETIME NOT NULL, "person_id" INTEGER NOT NULL, "role" VARCHAR(255) NOT NULL, "device" VARCHAR(255) NOT NULL, "corrects" VARCHAR(255), "hash" VARCHAR(255) NOT NULL, "prev_hash" VARCHAR(255) NOT NULL, "chain" VARCHAR(255) NOT NULL, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"), FOREIGN KEY ("person_id") REFERENCES "person" ("id"))',
    'CREATE UNIQUE INDEX "record_key" ON "record" ("key")',
    'CREATE UNIQUE INDEX "record_visit_id_seq" ON "record" ("visit_id", "seq")',
    'CREATE INDEX "record_outlet_id_id" ON "record" ("outlet_id", "id")',
    'CREATE TABLE "record_body" ("record_id" INTEGER NOT NULL PRIMARY KEY, "salt" VARCHAR(255) NOT NULL, "body" TEXT NOT NULL, FOREIGN KEY ("record_id") REFERENCES "record" ("id"))',
    'CREATE TABLE "inbox" ("key" VARCHAR(255) NOT NULL PRIMARY KEY, "person_id" INTEGER NOT NULL, "device" VARCHAR(255) NOT NULL, "visit_id" INTEGER NOT NULL, "seq" INTEGER NOT NULL, "at" DATETIME NOT NULL, "received" DATETIME NOT NULL, "form_version" VARCHAR(255) NOT NULL, "step" VARCHAR(255) NOT NULL, "act" VARCHAR(255) NOT NULL, "body" TEXT NOT NULL, "sha" VARCHAR(255) NOT NULL, "corrects" VARCHAR(255), "state" VARCHAR(255) NOT NULL, "reason" TEXT, "role" VARCHAR(255) NOT NULL, "clock" TEXT, "trust" VARCHAR(255), "skew_s" INTEGER, "shown" TEXT, "proved" INTEGER NOT NULL, "session" INTEGER, FOREIGN KEY ("person_id") REFERENCES "person" ("id"), FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"))',
    'CREATE INDEX "inbox_visit_id_device_seq" ON "inbox" ("visit_id", "device", "seq")',
    'CREATE TABLE "cursor" ("visit_id" INTEGER NOT NULL, "device" VARCHAR(255) NOT NULL, "next" INTEGER NOT NULL, PRIMARY KEY ("visit_id", "device"), FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"))',
    'CREATE TABLE "blob" ("sha" VARCHAR(255) NOT NULL PRIMARY KEY, "media_type" VARCHAR(255) NOT NULL, "size" INTEGER NOT NULL, "width" INTEGER NOT NULL, "height" INTEGER NOT NULL, "received" DATETIME NOT NULL, "person_id" INTEGER NOT NULL, FOREIGN KEY ("person_id") REFERENCES "person" ("id"))',
    'CREATE TABLE "photo" ("id" INTEGER NOT NULL PRIMARY KEY, "visit_id" INTEGER NOT NULL, "sha" VARCHAR(255) NOT NULL, FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"))',
    'CREATE UNIQUE INDEX "photo_visit_id_sha" ON "photo" ("visit_id", "sha")',
    'CREATE TABLE "task" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "visit_id" INTEGER, "record_key" VARCHAR(255), "kind" VARCHAR(255) NOT NULL, "step" VARCHAR(255), "problem" VARCHAR(255), "owner_role" VARCHAR(255) NOT NULL, "owner_id" INTEGER, "question" TEXT NOT NULL, "data" TEXT NOT NULL, "urgent" INTEGER NOT NULL, "created_at" DATETIME NOT NULL, "due_at" DATETIME NOT NULL, "answered_at" DATETIME, "answered_by_id" INTEGER, "ruling" VARCHAR(255), "amount" INTEGER, "answer" TEXT NOT NULL, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"), FOREIGN KEY ("owner_id") REFERENCES "person" ("id"), FOREIGN KEY ("answered_by_id") REFERENCES "person" ("id"))',
    'CREATE INDEX "task_visit_id" ON "task" ("visit_id")',
    'CREATE INDEX "task_outlet_id_answered_at_due_at" ON "task" ("outlet_id", "answered_at", "due_at")',
    'CREATE TABLE "follow_up" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "visit_id" INTEGER NOT NULL, "record_key" VARCHAR(255), "kind" VARCHAR(255) NOT NULL, "performer" VARCHAR(255) NOT NULL, "due_at" DATETIME NOT NULL, "done_at" DATETIME, "done_by_id" INTEGER, "result" VARCHAR(255), "note" TEXT NOT NULL, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"), FOREIGN KEY ("done_by_id") REFERENCES "person" ("id"))',
    'CREATE INDEX "follow_up_visit_id" ON "follow_up" ("visit_id")',
    'CREATE INDEX "follow_up_outlet_id_done_at_due_at" ON "follow_up" ("outlet_id", "done_at", "due_at")',
    'CREATE TABLE "document" ("id" INTEGER NOT NULL PRIMARY KEY, "visit_id" INTEGER NOT NULL, "kind" VARCHAR(255) NOT NULL, "sheet" VARCHAR(255) NOT NULL, "copy" VARCHAR(255) NOT NULL, "language" VARCHAR(255) NOT NULL, "number" VARCHAR(255) NOT NULL, "source" VARCHAR(255) NOT NULL, "sha" VARCHAR(255) NOT NULL, "size" INTEGER NOT NULL, "pages" INTEGER NOT NULL, "created_at" DATETIME NOT NULL, FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"))',
    'CREATE UNIQUE INDEX "document_visit_id_kind_sheet_copy_source" ON "document" ("visit_id", "kind", "sheet", "copy", "source")',
    'CREATE TABLE "reprint" ("id" INTEGER NOT NULL PRIMARY KEY, "document_id" INTEGER NOT NULL, "number" INTEGER NOT NULL, "person_id" INTEGER NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("document_id") REFERENCES "document" ("id"), FOREIGN KEY ("person_id") REFERENCES "person" ("id"))',
    'CREATE INDEX "reprint_document_id" ON "reprint" ("document_id")',
    'CREATE TABLE "number" ("outlet_id" INTEGER NOT NULL, "kind" VARCHAR(255) NOT NULL, "year" INTEGER NOT NULL, "last" INTEGER NOT NULL, PRIMARY KEY ("outlet_id", "kind", "year"), FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"))',
    'CREATE TABLE "given_number" ("visit_id" INTEGER NOT NULL, "kind" VARCHAR(255) NOT NULL, "ordinal" INTEGER NOT NULL, "number" VARCHAR(255) NOT NULL, "at" DATETIME NOT NULL, PRIMARY KEY ("visit_id", "kind", "ordinal"), FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"))',
    'CREATE TABLE "loaner" ("id" INTEGER NOT NULL PRIMARY KEY, "outlet_id" INTEGER NOT NULL, "kind" VARCHAR(255) NOT NULL, "brand" VARCHAR(255) NOT NULL, "model" VARCHAR(255) NOT NULL, "serial" VARCHAR(255) NOT NULL, "condition" VARCHAR(255) NOT NULL, "out_visit_id" INTEGER, "out_at" DATETIME, "due" DATE, FOREIGN KEY ("outlet_id") REFERENCES "outlet" ("id"), FOREIGN KEY ("out_visit_id") REFERENCES "visit" ("id"))',
    'CREATE INDEX "loaner_outlet_id" ON "loaner" ("outlet_id")',
    'CREATE INDEX "loaner_out_visit_id" ON "loaner" ("out_visit_id")',
    'CREATE TABLE "identity_card" ("id" INTEGER NOT NULL PRIMARY KEY, "token" VARCHAR(255) NOT NULL, "code" VARCHAR(255) NOT NULL, "person_id" INTEGER NOT NULL, "visit_id" INTEGER NOT NULL, "issued" DATETIME NOT NULL, "expires" DATETIME NOT NULL, FOREIGN KEY ("person_id") REFERENCES "person" ("id"), FOREIGN KEY ("visit_id") REFERENCES "visit" ("id"))',
    'CREATE UNIQUE INDEX "identity_card_token" ON "identity_card" ("token")',
    'CREATE INDEX "identity_card_code" ON "identity_card" ("code")',
    'CREATE INDEX "identity_card_visit_id" ON "identity_card" ("visit_id")',
    'CREATE TABLE "retention_run" ("id" INTEGER NOT NULL PRIMARY KEY, "reason" VARCHAR(255) NOT NULL, "started" DATETIME NOT NULL, "ended" DATETIME, "bodies" INTEGER NOT NULL)',
]
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
