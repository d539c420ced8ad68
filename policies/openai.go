package policies

// placeholder
type OpenAIRouter struct{ Exec }
