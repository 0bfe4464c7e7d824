-- How it was after a practice, from version 2 of the report on. A report of version 1 was made where nobody was asked.
-- Frozen: later changes are later files.

ALTER TABLE report ADD COLUMN practice_felt_calmer INTEGER NOT NULL DEFAULT 0;
ALTER TABLE report ADD COLUMN practice_felt_same INTEGER NOT NULL DEFAULT 0;
ALTER TABLE report ADD COLUMN practice_felt_not INTEGER NOT NULL DEFAULT 0;
