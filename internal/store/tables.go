package store

// A table is what a bulk insert writes to: its columns are all of the table's,
// in order, where into names none.
type table struct {
	into     string
	columns  int
	conflict string
}

var (
	taskTable     = table{"task", 7, ""}
	runTaskTable  = table{"run_task", 3, ""}
	runModelTable = table{"run_model", 3, ""}
	armTable      = table{"arm", 3, ""}
	reasonTable   = table{"reason", 3, ""}
	passTable     = table{"pass (policy_id, repeat)", 2, ""}
	trialTable    = table{"trial", 10, ""}
	remarkTable   = table{"remark", 3, ""}
	callTable     = table{"call", 12, ""}
	stepTable     = table{"step", 6, ""}
	gradeTable    = table{"grade", 7, "ON CONFLICT (key) DO NOTHING"}
)
