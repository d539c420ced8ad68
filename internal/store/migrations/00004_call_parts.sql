-- +goose Up

-- The part of a task that a call was made for, such as 2 or 2/1; NULL: the whole.
ALTER TABLE call ADD COLUMN part TEXT;
-- When the call began, counted from the trial's start in the latencies of the calls before it; NULL: at once, or not kept.
ALTER TABLE call ADD COLUMN start_ns INTEGER;
