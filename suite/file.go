package suite

import (
	"go.yaml.in/yaml/v3"

	"waymark"
	"waymark/datasets"
	"waymark/internal/yamlfile"
	"waymark/policies"
)

// A File is a suite as people write it: one YAML file.
type File struct {
	Dataset     string              `yaml:"dataset" json:"dataset" doc:"the dataset's folder, relative to the suite file" required:"true"`
	Filter      string              `yaml:"filter" json:"filter,omitempty" doc:"keep the tasks on which this expression over id, category, group, prompt and metadata holds"`
	Grader      yaml.Node           `yaml:"grader" json:"grader,omitempty" doc:"who judges every task: a grader's name, an object with type, or a list; default: the task's own, else the recorded score"`
	Models      []Model             `yaml:"models" json:"models,omitempty" doc:"the pool; default: every model of the dataset"`
	Slices      []string            `yaml:"slices" json:"slices,omitempty" doc:"what tables may be cut by, such as category or metadata.language"`
	SLO         *float64            `yaml:"slo_ms" json:"slo_ms,omitempty" doc:"a latency in milliseconds; the share of tasks answered within it is shown for every row"`
	Paraphrases string              `yaml:"paraphrases" json:"paraphrases,omitempty" doc:"the field that tasks which ask the same in other words share, metadata.NAME: how often they are routed differently is shown for every policy"`
	Policies    []Entry             `yaml:"policies" json:"policies" doc:"the candidates" required:"true"`
	Split       *datasets.SplitRule `yaml:"split" json:"split,omitempty" doc:"what is chosen on and what is reported on; without it everything is one split and in-sample choices are flagged"`
	Traffic     *Traffic            `yaml:"traffic" json:"traffic,omitempty" doc:"what production sends, where the dataset's mix is another"`
	OffPolicy   *OffPolicySpec      `yaml:"off_policy" json:"off_policy,omitempty" doc:"how logged traffic is weighted"`
	Objective   *Objective          `yaml:"objective" json:"objective,omitempty" doc:"how the knob of a swept policy is chosen, on the tune split"`
	Checks      []string            `yaml:"checks" json:"checks,omitempty" doc:"what must hold for a nightly run to pass"`
	Holes       string              `yaml:"holes" json:"holes,omitempty" doc:"what a response that is not recorded means: error (default), complete or bounds" enum:"error,complete,bounds"`
	Seed        uint64              `yaml:"seed" json:"seed,omitempty" doc:"of everything random; default 1"`
	Stale       *int                `yaml:"stale" json:"stale,omitempty" doc:"flag responses that were recorded more than this many days ago; default 30"`
	Tolerance   float64             `yaml:"tolerance" json:"tolerance,omitempty" doc:"share of failed rows above which a run is incomplete; default 0"`
	Leakage     *LintRule           `yaml:"leakage" json:"leakage,omitempty" doc:"the leakage lint: off, or how similar prompts must be to be near-duplicates"`
}

// A Model is one of the pool.
type Model struct {
	ID       waymark.ModelID `yaml:"id" json:"id" doc:"as the dataset names it" required:"true"`
	Price    *PriceSpec      `yaml:"price" json:"price,omitempty" doc:"USD per million tokens; given for one model, it must be given for all, and replaces recorded costs"`
	Endpoint *Endpoint       `yaml:"endpoint" json:"endpoint,omitempty" doc:"where live calls go"`
}

// A PriceSpec is a price in US dollars per million tokens, or free.
type PriceSpec struct {
	Input       float64  `yaml:"input" json:"input,omitempty" doc:"USD per million input tokens"`
	CachedInput *float64 `yaml:"cached_input" json:"cached_input,omitempty" doc:"USD per million input tokens read from a cache; default: as input"`
	Output      float64  `yaml:"output" json:"output,omitempty" doc:"USD per million output tokens, reasoning included"`
	Free        bool     `yaml:"free" json:"free,omitempty" doc:"the model costs nothing"`
}

// An Endpoint is where a model is called.
type Endpoint struct {
	BaseURL   string `yaml:"base_url" json:"base_url" doc:"of an OpenAI-compatible API"`
	APIKeyEnv string `yaml:"api_key_env" json:"api_key_env,omitempty" doc:"the environment variable that holds the key"`
}

// An Objective says how a knob is chosen.
type Objective struct {
	Minimise   string  `yaml:"minimise" json:"minimise,omitempty" doc:"cost" enum:"cost"`
	Maximise   string  `yaml:"maximise" json:"maximise,omitempty" doc:"quality" enum:"quality"`
	SubjectTo  string  `yaml:"subject_to" json:"subject_to,omitempty" doc:"such as: quality >= 0.97 * quality(MODEL), or: cost <= 0.01"`
	Confidence float64 `yaml:"confidence" json:"confidence,omitempty" doc:"of the intervals; default 0.95"`
}

// An Entry is one policy of a suite.
type Entry struct {
	Name    string
	Type    string
	Repeats int // of a stochastic policy, averaged; 0 is 1
	Config  policies.Config
	Fitted  *string // file of a saved state; nil if what is learned is fitted on the tune split
	node    *yaml.Node
	fitted  *Fitted
}

// entryKeys are the keys that a policy of any type may have.
type entryKeys struct {
	Name    string  `yaml:"name" json:"name" doc:"as tables and reports show it" required:"true"`
	Repeats int     `yaml:"repeats" json:"repeats,omitempty" doc:"of a stochastic policy; its rows are averaged"`
	Fitted  *string `yaml:"fitted" json:"fitted,omitempty" doc:"a file that waymark fit wrote, relative to the suite file: what is learned is loaded from it in place of being fitted on the tune split"`
}

// DecodeYAML reads the keys that all policies share and those of the entry's type.
func (e *Entry) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	names := make([]string, len(policies.Kinds))
	for i, k := range policies.Kinds {
		names[i] = k.Name
	}
	var keys entryKeys
	err := doc.DecodeVariant(n, "policy", names, func(kind string) any {
		for _, k := range policies.Kinds {
			if k.Name == kind {
				e.Type, e.Config = kind, k.New()
			}
		}
		return e.Config
	}, &keys)
	e.Name, e.Repeats, e.Fitted, e.node = keys.Name, keys.Repeats, keys.Fitted, n
	return err
}

// Kinds are the policies, for the schema.
func (*Entry) Kinds() []yamlfile.Kind {
	var out []yamlfile.Kind
	for _, k := range policies.Kinds {
		out = append(out, yamlfile.Kind{Name: k.Name, Doc: k.Doc, Config: k.New()})
	}
	return out
}

// Common are the keys that policies of every type have.
func (*Entry) Common() any { return new(entryKeys) }

// JSONSchema is the schema of suite files, from the same tags that they are decoded by.
func JSONSchema() map[string]any {
	return yamlfile.Schema(new(File), "waymark.schema.json", "A Waymark suite")
}
