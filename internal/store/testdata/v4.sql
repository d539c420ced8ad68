PRAGMA application_id = 1463900493; -- which .dump leaves out
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO schema_version VALUES(1,0,1,'2026-11-25 12:15:37');
INSERT INTO schema_version VALUES(2,1,1,'2026-11-25 12:15:37');
INSERT INTO schema_version VALUES(3,2,1,'2026-11-25 12:15:37');
INSERT INTO schema_version VALUES(4,3,1,'2026-11-25 12:15:37');
INSERT INTO schema_version VALUES(5,4,1,'2026-11-25 12:15:37');
CREATE TABLE model (
    model_id INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO model VALUES(1,'small');
INSERT INTO model VALUES(2,'large');
CREATE TABLE grader (
    grader_id INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE -- name@version and configuration
) STRICT;
INSERT INTO grader VALUES(1,'numeric@1');
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
INSERT INTO dataset VALUES(1,X'796251f17e28dfac2b9852617451e350bc9fdbdd23412a59aec9432e0579524e','sha256:da7a','sample','1','none','made up',1,1.0,11.0,'USD',20);
CREATE TABLE task (
    dataset_id INTEGER NOT NULL REFERENCES dataset,
    task       INTEGER NOT NULL, -- position in the dataset, from 0
    id         TEXT NOT NULL,
    category   TEXT, weight REAL NOT NULL DEFAULT 1, unit TEXT, content INTEGER,
    PRIMARY KEY (dataset_id, task),
    UNIQUE (dataset_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO task VALUES(1,0,'task-0','writing',1.0,NULL,NULL);
INSERT INTO task VALUES(1,1,'task-1','coding',1.0,NULL,NULL);
INSERT INTO task VALUES(1,2,'task-2',NULL,1.0,NULL,NULL);
INSERT INTO task VALUES(1,3,'task-3','writing',1.0,NULL,NULL);
INSERT INTO task VALUES(1,4,'task-4','coding',1.0,NULL,NULL);
INSERT INTO task VALUES(1,5,'task-5',NULL,1.0,NULL,NULL);
INSERT INTO task VALUES(1,6,'task-6','writing',1.0,NULL,NULL);
INSERT INTO task VALUES(1,7,'task-7','coding',1.0,NULL,NULL);
INSERT INTO task VALUES(1,8,'task-8',NULL,1.0,NULL,NULL);
INSERT INTO task VALUES(1,9,'task-9','writing',1.0,NULL,NULL);
INSERT INTO task VALUES(1,10,'task-10','coding',1.0,NULL,NULL);
INSERT INTO task VALUES(1,11,'task-11',NULL,1.0,NULL,NULL);
INSERT INTO task VALUES(1,12,'task-12','writing',1.0,NULL,NULL);
INSERT INTO task VALUES(1,13,'task-13','coding',1.0,NULL,NULL);
INSERT INTO task VALUES(1,14,'task-14',NULL,1.0,NULL,NULL);
INSERT INTO task VALUES(1,15,'task-15','writing',1.0,NULL,NULL);
INSERT INTO task VALUES(1,16,'task-16','coding',1.0,NULL,NULL);
INSERT INTO task VALUES(1,17,'task-17',NULL,1.0,NULL,NULL);
INSERT INTO task VALUES(1,18,'task-18','writing',1.0,NULL,NULL);
INSERT INTO task VALUES(1,19,'task-19','coding',1.0,NULL,NULL);
CREATE TABLE grade (
    key       BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32), -- grader, judging fields and output
    grader_id INTEGER NOT NULL REFERENCES grader,
    status    INTEGER NOT NULL CHECK (status BETWEEN 1 AND 3), -- 1 graded, 2 no answer, 3 failed
    score     REAL,    -- [0,1]; NULL where failed
    cost_pusd INTEGER, -- of judging; NULL: not known
    extracted TEXT NOT NULL,
    why       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO grade VALUES(X'0100000000000000000000000000000000000000000000000000000000000000',1,1,1.0,NULL,'42','');
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
INSERT INTO run VALUES(1,'20261124-130501-9ebd',1,'done',1795525501000,1795608937990,'suite.yaml',replace('dataset: d\n','\n',char(10)),'recorded','18446744073709551615',2,'v0','abc','amd64, 2 processors','waymark run suite.yaml','sha256:5bec','{"schema":1}');
CREATE TABLE run_model (
    run_id   INTEGER NOT NULL REFERENCES run,
    position INTEGER NOT NULL,
    model_id INTEGER NOT NULL REFERENCES model,
    PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO run_model VALUES(1,0,1);
INSERT INTO run_model VALUES(1,1,2);
CREATE TABLE run_task (
    run_id INTEGER NOT NULL REFERENCES run,
    task   INTEGER NOT NULL,
    split  INTEGER NOT NULL CHECK (split BETWEEN 0 AND 2), -- 0 all, 1 tune, 2 test
    PRIMARY KEY (run_id, task)
) STRICT, WITHOUT ROWID;
INSERT INTO run_task VALUES(1,0,1);
INSERT INTO run_task VALUES(1,1,2);
INSERT INTO run_task VALUES(1,2,1);
INSERT INTO run_task VALUES(1,3,2);
INSERT INTO run_task VALUES(1,4,1);
INSERT INTO run_task VALUES(1,5,2);
INSERT INTO run_task VALUES(1,6,1);
INSERT INTO run_task VALUES(1,7,2);
INSERT INTO run_task VALUES(1,8,1);
INSERT INTO run_task VALUES(1,9,2);
INSERT INTO run_task VALUES(1,10,1);
INSERT INTO run_task VALUES(1,11,2);
INSERT INTO run_task VALUES(1,12,1);
INSERT INTO run_task VALUES(1,13,2);
INSERT INTO run_task VALUES(1,14,1);
INSERT INTO run_task VALUES(1,15,2);
INSERT INTO run_task VALUES(1,16,1);
INSERT INTO run_task VALUES(1,17,2);
INSERT INTO run_task VALUES(1,18,1);
INSERT INTO run_task VALUES(1,19,2);
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
INSERT INTO policy VALUES(1,1,0,'coin','random',NULL,NULL,'{"weights":{"small":1,"large":1}}');
INSERT INTO policy VALUES(2,1,1,'difficulty','threshold',0.5,NULL,'{}');
INSERT INTO policy VALUES(3,1,2,'cascade','cascade',NULL,'["-inf",0.7]','{}');
CREATE TABLE arm (
    policy_id INTEGER NOT NULL REFERENCES policy,
    arm       INTEGER NOT NULL,
    model_id  INTEGER NOT NULL REFERENCES model,
    PRIMARY KEY (policy_id, arm)
) STRICT, WITHOUT ROWID;
INSERT INTO arm VALUES(1,0,1);
INSERT INTO arm VALUES(1,1,2);
INSERT INTO arm VALUES(2,0,1);
INSERT INTO arm VALUES(2,1,2);
INSERT INTO arm VALUES(3,0,1);
INSERT INTO arm VALUES(3,1,2);
CREATE TABLE reason (
    policy_id INTEGER NOT NULL REFERENCES policy,
    reason    INTEGER NOT NULL,
    text      TEXT NOT NULL,
    PRIMARY KEY (policy_id, reason)
) STRICT, WITHOUT ROWID;
INSERT INTO reason VALUES(1,0,'drawn');
INSERT INTO reason VALUES(2,0,'score below the knob');
INSERT INTO reason VALUES(2,1,'score at or above the knob');
INSERT INTO reason VALUES(2,2,'no score');
CREATE TABLE pass (
    pass_id   INTEGER PRIMARY KEY,
    policy_id INTEGER NOT NULL REFERENCES policy,
    repeat    INTEGER NOT NULL,
    UNIQUE (policy_id, repeat)
) STRICT;
INSERT INTO pass VALUES(1,1,0);
INSERT INTO pass VALUES(2,1,1);
INSERT INTO pass VALUES(3,2,0);
INSERT INTO pass VALUES(4,3,0);
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
INSERT INTO trial VALUES(1,0,1,0,0,0.0,0.0,NULL,NULL,0);
INSERT INTO trial VALUES(1,1,1,1,0,0.010000000000000000208,0.25,123456789012,1000000,1);
INSERT INTO trial VALUES(1,2,1,0,0,0.020000000000000000416,0.5,246913578024,2000000,2);
INSERT INTO trial VALUES(1,3,2,1,0,0.029999999999999998889,NULL,370370367036,3000000,0);
INSERT INTO trial VALUES(1,4,1,0,0,0.040000000000000000832,1.0,493827156048,NULL,1);
INSERT INTO trial VALUES(1,5,3,NULL,0,NULL,NULL,617283945060,1000000,2);
INSERT INTO trial VALUES(1,6,1,0,0,0.059999999999999997779,0.25,740740734072,2000000,0);
INSERT INTO trial VALUES(1,7,1,1,0,0.070000000000000006661,0.5,864197523084,3000000,1);
INSERT INTO trial VALUES(1,8,1,0,0,0.080000000000000001665,0.75,987654312096,NULL,2);
INSERT INTO trial VALUES(1,9,1,1,0,0.089999999999999996669,1.0,1111111101108,1000000,0);
INSERT INTO trial VALUES(1,10,2,0,0,0.10000000000000000555,NULL,1234567890120,2000000,1);
INSERT INTO trial VALUES(1,11,1,1,0,0.11000000000000000055,0.25,1358024679132,3000000,2);
INSERT INTO trial VALUES(1,12,1,0,0,0.11999999999999999555,0.5,1481481468144,NULL,0);
INSERT INTO trial VALUES(1,13,1,1,0,0.13000000000000000444,0.75,NULL,1000000,1);
INSERT INTO trial VALUES(1,14,1,0,0,0.14000000000000001332,1.0,123456789012,2000000,2);
INSERT INTO trial VALUES(1,15,1,1,0,0.14999999999999999444,0.0,246913578024,3000000,0);
INSERT INTO trial VALUES(1,16,3,NULL,0,NULL,NULL,370370367036,NULL,1);
INSERT INTO trial VALUES(1,17,2,1,0,0.17000000000000001221,NULL,493827156048,1000000,2);
INSERT INTO trial VALUES(1,18,1,0,0,0.17999999999999999333,0.75,617283945060,2000000,0);
INSERT INTO trial VALUES(1,19,1,1,0,0.19000000000000000222,1.0,740740734072,3000000,1);
INSERT INTO trial VALUES(2,0,1,0,0,0.0,0.0,NULL,NULL,0);
INSERT INTO trial VALUES(2,1,1,1,0,0.010000000000000000208,0.25,123456789012,1000000,1);
INSERT INTO trial VALUES(2,2,1,0,0,0.020000000000000000416,0.5,246913578024,2000000,2);
INSERT INTO trial VALUES(2,3,2,1,0,0.029999999999999998889,NULL,370370367036,3000000,0);
INSERT INTO trial VALUES(2,4,1,0,0,0.040000000000000000832,1.0,493827156048,NULL,1);
INSERT INTO trial VALUES(2,5,3,NULL,0,NULL,NULL,617283945060,1000000,2);
INSERT INTO trial VALUES(2,6,1,0,0,0.059999999999999997779,0.25,740740734072,2000000,0);
INSERT INTO trial VALUES(2,7,1,1,0,0.070000000000000006661,0.5,864197523084,3000000,1);
INSERT INTO trial VALUES(2,8,1,0,0,0.080000000000000001665,0.75,987654312096,NULL,2);
INSERT INTO trial VALUES(2,9,1,1,0,0.089999999999999996669,1.0,1111111101108,1000000,0);
INSERT INTO trial VALUES(2,10,2,0,0,0.10000000000000000555,NULL,1234567890120,2000000,1);
INSERT INTO trial VALUES(2,11,1,1,0,0.11000000000000000055,0.25,1358024679132,3000000,2);
INSERT INTO trial VALUES(2,12,1,0,0,0.11999999999999999555,0.5,1481481468144,NULL,0);
INSERT INTO trial VALUES(2,13,1,1,0,0.13000000000000000444,0.75,NULL,1000000,1);
INSERT INTO trial VALUES(2,14,1,0,0,0.14000000000000001332,1.0,123456789012,2000000,2);
INSERT INTO trial VALUES(2,15,1,1,0,0.14999999999999999444,0.0,246913578024,3000000,0);
INSERT INTO trial VALUES(2,16,3,NULL,0,NULL,NULL,370370367036,NULL,1);
INSERT INTO trial VALUES(2,17,2,1,0,0.17000000000000001221,NULL,493827156048,1000000,2);
INSERT INTO trial VALUES(2,18,1,0,0,0.17999999999999999333,0.75,617283945060,2000000,0);
INSERT INTO trial VALUES(2,19,1,1,0,0.19000000000000000222,1.0,740740734072,3000000,1);
INSERT INTO trial VALUES(4,0,3,NULL,NULL,NULL,NULL,NULL,NULL,0);
CREATE TABLE remark (
    pass_id INTEGER NOT NULL,
    task    INTEGER NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (pass_id, task),
    FOREIGN KEY (pass_id, task) REFERENCES trial
) STRICT, WITHOUT ROWID;
INSERT INTO remark VALUES(4,0,'no answer');
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
    error      TEXT, part TEXT, start_ns INTEGER,
    PRIMARY KEY (pass_id, task, n),
    FOREIGN KEY (pass_id, task) REFERENCES trial
) STRICT, WITHOUT ROWID;
INSERT INTO call VALUES(4,0,0,0,1,0,0,NULL,NULL,'timeout',NULL,NULL);
CREATE TABLE step (
    pass_id   INTEGER NOT NULL REFERENCES pass,
    task      INTEGER NOT NULL,
    from_knob REAL NOT NULL,
    arm       INTEGER,
    reason    INTEGER, -- of the first step of a task
    signal    REAL,    -- of the first step of a task
    PRIMARY KEY (pass_id, task, from_knob)
) STRICT, WITHOUT ROWID;
INSERT INTO step VALUES(3,0,-1e999,1,NULL,0.25);
INSERT INTO step VALUES(3,0,0.25,0,NULL,NULL);
CREATE TABLE chunk (
    pass_id INTEGER NOT NULL REFERENCES pass,
    holds   TEXT NOT NULL CHECK (holds IN ('trials', 'steps')),
    chunk   INTEGER NOT NULL,
    tasks   INTEGER NOT NULL,
    PRIMARY KEY (pass_id, holds, chunk)
) STRICT, WITHOUT ROWID;
INSERT INTO chunk VALUES(1,'trials',0,20);
INSERT INTO chunk VALUES(2,'trials',0,20);
INSERT INTO chunk VALUES(3,'steps',0,1);
INSERT INTO chunk VALUES(4,'trials',0,1);
CREATE TABLE baseline (
    name     TEXT PRIMARY KEY,
    run_id   INTEGER NOT NULL REFERENCES run,
    saved_ms INTEGER NOT NULL -- since 1970, UTC
) STRICT;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('schema_version',5);
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
COMMIT;
