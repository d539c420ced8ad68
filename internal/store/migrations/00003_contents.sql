-- +goose Up

-- The start of a digest of what a task asks and is judged by: a task of another run that has the same
-- id and another digest is another task. NULL: not known.
ALTER TABLE task ADD COLUMN content INTEGER;
