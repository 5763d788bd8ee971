"""A work order may be a rework of an earlier repair, and keeps what that repair promised."""


def up(migrator, db):
    """One column more."""
    db.execute_sql('ALTER TABLE "work_order" ADD COLUMN "rework_of" TEXT')
