-- +goose Up

-- What a paired comparison with this run needs of a task, beside its id.
ALTER TABLE task ADD COLUMN weight REAL NOT NULL DEFAULT 1; -- of sampling
ALTER TABLE task ADD COLUMN unit TEXT; -- the group that it belongs to; NULL: its own

-- Runs that later ones are held against, by the name that they were saved under.
CREATE TABLE baseline (
    name     TEXT PRIMARY KEY,
    run_id   INTEGER NOT NULL REFERENCES run,
    saved_ms INTEGER NOT NULL -- since 1970, UTC
) STRICT;
