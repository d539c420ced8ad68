-- +goose Up

-- Names are kept once, and rows of the large tables point at them.
CREATE TABLE model (
    model_id INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE grader (
    grader_id INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE -- name@version and configuration
) STRICT;

-- A dataset as a run saw it: read under two filters, it is two rows with one digest.
CREATE TABLE dataset (
    dataset_id INTEGER PRIMARY KEY,
    identity   BLOB NOT NULL UNIQUE, -- SHA-256 of this row and of its tasks
    digest     TEXT NOT NULL,
    name       TEXT NOT NULL,
    version    TEXT NOT NULL,
    licence    TEXT NOT NULL,
    source     TEXT NOT NULL,
    synthetic  INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
    quality_lo REAL NOT NULL, -- quality = quality_lo + score * (quality_hi - quality_lo)
    quality_hi REAL NOT NULL,
    currency   TEXT NOT NULL,
    tasks      INTEGER NOT NULL
) STRICT;

CREATE TABLE task (
    dataset_id INTEGER NOT NULL REFERENCES dataset,
    task       INTEGER NOT NULL, -- position in the dataset, from 0
    id         TEXT NOT NULL,
    category   TEXT,
    PRIMARY KEY (dataset_id, task),
    UNIQUE (dataset_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE grade (
    key       BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32), -- grader, judging fields and output
    grader_id INTEGER NOT NULL REFERENCES grader,
    status    INTEGER NOT NULL CHECK (status BETWEEN 1 AND 3), -- 1 graded, 2 no answer, 3 failed
    score     REAL,    -- [0,1]; NULL where failed
    cost_pusd INTEGER, -- of judging; NULL: not known
    extracted TEXT NOT NULL,
    why       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    run_id         INTEGER PRIMARY KEY,
    run            TEXT NOT NULL UNIQUE, -- what a person types: 20261124-130501-a3f2
    dataset_id     INTEGER NOT NULL REFERENCES dataset,
    status         TEXT NOT NULL CHECK (status IN ('running', 'done', 'interrupted', 'failed')),
    started_ms     INTEGER NOT NULL, -- since 1970, UTC
    finished_ms    INTEGER,
    suite_path     TEXT NOT NULL,
    suite_text     TEXT NOT NULL,
    prices         TEXT NOT NULL, -- text of the price book, or 'recorded'
    seed           TEXT NOT NULL, -- unsigned 64 bits: more than an INTEGER holds
    jobs           INTEGER NOT NULL,
    version        TEXT NOT NULL,
    source_commit  TEXT NOT NULL,
    machine        TEXT NOT NULL,
    command        TEXT NOT NULL,
    spec_digest    TEXT NOT NULL, -- what a resumed run must agree with
    result_json    TEXT
) STRICT;

CREATE TABLE run_model (
    run_id   INTEGER NOT NULL REFERENCES run,
    position INTEGER NOT NULL,
    model_id INTEGER NOT NULL REFERENCES model,
    PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_task (
    run_id INTEGER NOT NULL REFERENCES run,
    task   INTEGER NOT NULL,
    split  INTEGER NOT NULL CHECK (split BETWEEN 0 AND 2), -- 0 all, 1 tune, 2 test
    PRIMARY KEY (run_id, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy (
    policy_id   INTEGER PRIMARY KEY,
    run_id      INTEGER NOT NULL REFERENCES run,
    position    INTEGER NOT NULL, -- in the suite, from 0
    name        TEXT NOT NULL,
    type        TEXT NOT NULL,
    knob        REAL, -- NULL for a policy without a knob, or swept over all of them
    knobs_json  TEXT, -- all of them, for a policy with several
    config_json TEXT NOT NULL,
    UNIQUE (run_id, position),
    UNIQUE (run_id, name)
) STRICT;

CREATE TABLE arm (
    policy_id INTEGER NOT NULL REFERENCES policy,
    arm       INTEGER NOT NULL,
    model_id  INTEGER NOT NULL REFERENCES model,
    PRIMARY KEY (policy_id, arm)
) STRICT, WITHOUT ROWID;

CREATE TABLE reason (
    policy_id INTEGER NOT NULL REFERENCES policy,
    reason    INTEGER NOT NULL,
    text      TEXT NOT NULL,
    PRIMARY KEY (policy_id, reason)
) STRICT, WITHOUT ROWID;

-- One pass of a policy over the tasks; a stochastic policy makes several.
CREATE TABLE pass (
    pass_id   INTEGER PRIMARY KEY,
    policy_id INTEGER NOT NULL REFERENCES policy,
    repeat    INTEGER NOT NULL,
    UNIQUE (policy_id, repeat)
) STRICT;

CREATE TABLE trial (
    pass_id    INTEGER NOT NULL REFERENCES pass,
    task       INTEGER NOT NULL,
    status     INTEGER NOT NULL CHECK (status BETWEEN 1 AND 3), -- 1 answered, 2 hole, 3 failed
    arm        INTEGER, -- NULL: none of the policy's arms
    reason     INTEGER, -- NULL: the remark says it
    signal     REAL,    -- the number that it was decided by
    score      REAL,    -- [0,1]
    cost_pusd  INTEGER,
    latency_ns INTEGER,
    calls      INTEGER NOT NULL,
    PRIMARY KEY (pass_id, task)
) STRICT, WITHOUT ROWID;

-- What was said about one trial alone: why it failed, or a reason in a policy's own words.
CREATE TABLE remark (
    pass_id INTEGER NOT NULL,
    task    INTEGER NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (pass_id, task),
    FOREIGN KEY (pass_id, task) REFERENCES trial
) STRICT, WITHOUT ROWID;

-- The calls of trials that are more than one plain call to the arm.
CREATE TABLE call (
    pass_id    INTEGER NOT NULL,
    task       INTEGER NOT NULL,
    n          INTEGER NOT NULL, -- position in the trial, from 0
    round      INTEGER NOT NULL, -- calls of one round run side by side
    model_id   INTEGER NOT NULL REFERENCES model,
    purpose    INTEGER NOT NULL, -- 0 answer, 1 routing, 2 checking, 3 planning
    sample     INTEGER NOT NULL,
    cost_pusd  INTEGER,
    latency_ns INTEGER,
    error      TEXT,
    PRIMARY KEY (pass_id, task, n),
    FOREIGN KEY (pass_id, task) REFERENCES trial
) STRICT, WITHOUT ROWID;

-- A swept policy's decision about a task as a step function of the knob. A step
-- holds from its knob up to the next one's. A task that could not be decided is
-- one row without an arm, whose reason says why.
CREATE TABLE step (
    pass_id   INTEGER NOT NULL REFERENCES pass,
    task      INTEGER NOT NULL,
    from_knob REAL NOT NULL,
    arm       INTEGER,
    reason    INTEGER, -- of the first step of a task
    signal    REAL,    -- of the first step of a task
    PRIMARY KEY (pass_id, task, from_knob)
) STRICT, WITHOUT ROWID;

-- Written in the transaction that writes a chunk's rows, so that a resumed run
-- knows exactly what is there.
CREATE TABLE chunk (
    pass_id INTEGER NOT NULL REFERENCES pass,
    holds   TEXT NOT NULL CHECK (holds IN ('trials', 'steps')),
    chunk   INTEGER NOT NULL,
    tasks   INTEGER NOT NULL,
    PRIMARY KEY (pass_id, holds, chunk)
) STRICT, WITHOUT ROWID;

-- Which model handled a task, and why.
CREATE VIEW decision AS
SELECT run.run,
       policy.name AS policy,
       policy.type AS type,
       policy.knob,
       task.id AS task,
       task.category,
       CASE run_task.split WHEN 1 THEN 'tune' WHEN 2 THEN 'test' ELSE 'all' END AS split,
       pass.repeat,
       CASE trial.status WHEN 1 THEN 'answered' WHEN 2 THEN 'hole' ELSE 'failed' END AS status,
       model.name AS model,
       coalesce(reason.text, remark.text) AS reason,
       remark.text AS remark,
       trial.signal,
       dataset.quality_lo + trial.score * (dataset.quality_hi - dataset.quality_lo) AS quality,
       trial.cost_pusd / 1e12 AS cost_usd,
       trial.latency_ns / 1e6 AS latency_ms,
       trial.calls
FROM run
JOIN dataset ON dataset.dataset_id = run.dataset_id
JOIN policy ON policy.run_id = run.run_id
JOIN pass ON pass.policy_id = policy.policy_id
JOIN trial ON trial.pass_id = pass.pass_id
JOIN task ON task.dataset_id = run.dataset_id AND task.task = trial.task
LEFT JOIN run_task ON run_task.run_id = run.run_id AND run_task.task = trial.task
LEFT JOIN arm ON arm.policy_id = policy.policy_id AND arm.arm = trial.arm
LEFT JOIN model ON model.model_id = arm.model_id
LEFT JOIN reason ON reason.policy_id = policy.policy_id AND reason.reason = trial.reason
LEFT JOIN remark ON remark.pass_id = trial.pass_id AND remark.task = trial.task;

-- Which model a swept policy chooses for a task, by its knob.
CREATE VIEW sweep AS
SELECT run.run,
       policy.name AS policy,
       task.id AS task,
       task.category,
       pass.repeat,
       step.from_knob,
       lead(step.from_knob) OVER (PARTITION BY step.pass_id, step.task ORDER BY step.from_knob) AS to_knob,
       model.name AS model,
       reason.text AS reason,
       step.signal
FROM run
JOIN policy ON policy.run_id = run.run_id
JOIN pass ON pass.policy_id = policy.policy_id
JOIN step ON step.pass_id = pass.pass_id
JOIN task ON task.dataset_id = run.dataset_id AND task.task = step.task
LEFT JOIN arm ON arm.policy_id = policy.policy_id AND arm.arm = step.arm
LEFT JOIN model ON model.model_id = arm.model_id
LEFT JOIN reason ON reason.policy_id = policy.policy_id AND reason.reason = step.reason;

-- The runs, newest first.
CREATE VIEW history AS
SELECT run.run,
       run.status,
       strftime('%Y-%m-%dT%H:%M:%SZ', run.started_ms / 1000, 'unixepoch') AS started,
       (run.finished_ms - run.started_ms) / 1e3 AS seconds,
       dataset.name AS dataset,
       dataset.digest,
       dataset.tasks,
       (SELECT count(*) FROM policy WHERE policy.run_id = run.run_id) AS policies,
       run.suite_path AS suite,
       run.seed,
       run.version,
       run.source_commit,
       run.command
FROM run
JOIN dataset ON dataset.dataset_id = run.dataset_id
ORDER BY run.run DESC;
