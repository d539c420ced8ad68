package demo

// A voice is how a model puts things.
type voice int

const (
	terse voice = iota
	chatty
	markdown
	formal
	polished
	thoughtful
	voices
)

// A manner is three ways of putting the same thing. {0} stands for the answer and
// {1} for how one arrives at it.
type manner [phrasings]string

// phrases give a phrase or a number.
var phrases = [voices]manner{
	terse:      {"{0}", "{0}.", "Answer: {0}"},
	chatty:     {"Sure! The answer is {0}.", "Happy to help! {1} I get {0}.", "Good question. {1} So the answer is {0}."},
	markdown:   {"{1}\n\n**{0}**", "{1}\n\n**Answer:** {0}", "{1}\n\n#### {0}"},
	formal:     {"I have gone through the material with care. {1} On that basis, the answer is {0}.", "Thank you for the question. {1} The result is therefore {0}.", "{1} Having checked each part of this against what was given, I can confirm that the answer is {0}. Please verify it before you rely on it."},
	polished:   {"{1} The answer is {0}.", "{1} That gives {0}.", "{0}. {1}"},
	thoughtful: {"The answer is {0}.", "**{0}**", "{1}\n\nThe answer is **{0}**."},
}

// lettersBy give one of four options; {2} stands for its text.
var lettersBy = [voices]manner{
	terse:      {"{0}", "({0})", "{0}) {2}"},
	chatty:     {"Sure! The answer is {0}.", "I would go with this one: {2}\n\nAnswer: {0}", "Let me think. {1} So the answer is ({0})."},
	markdown:   {"**{0}**", "**{0}) {2}**", "{1}\n\n**Answer: {0}**"},
	formal:     {"I have read each option with care. {1} The correct answer is {0}: {2}", "{1} Of what is offered, the answer is ({0}). The others do not hold up when one follows them through.", "{1}\n\nAnswer: {0}"},
	polished:   {"{0}) {2}", "{1} The answer is {0}.", "The answer is {0}. {1}"},
	thoughtful: {"The answer is **{0}**.", "{0}", "{1}\n\nAnswer: {0}"},
}

// labelsBy give a label and nothing else.
var labelsBy = [voices]manner{
	terse:      {"{0}", "{0}", "{0}."},
	chatty:     {"{0}", "{0}.", "**{0}**"},
	markdown:   {"**{0}**", "`{0}`", "{0}"},
	formal:     {"{0}.", "\"{0}\"", "{0}"},
	polished:   {"{0}", "{0}", "{0}."},
	thoughtful: {"{0}", "**{0}**", "{0}"},
}

// verdictsBy end with a verdict.
var verdictsBy = [voices]manner{
	terse:      {"VERDICT: {0}", "VERDICT: {0}", "{1}\nVERDICT: {0}"},
	chatty:     {"Sure, let us see. {1}\n\nVERDICT: {0}", "{1}\nVERDICT: {0}", "Here is how I read it. {1} That settles it.\n\nVERDICT: {0}"},
	markdown:   {"### Assessment\n\n{1}\n\nVERDICT: {0}", "- {1}\n- Both rules were looked at.\n\nVERDICT: {0}", "{1}\n\nVERDICT: {0}"},
	formal:     {"I have examined the figures against each of the rules in turn. {1} The conclusion follows from that.\n\nVERDICT: {0}", "{1} I see no reason to depart from the rules as they are written.\n\nVERDICT: {0}", "{1}\n\nVERDICT: {0}"},
	polished:   {"{1}\n\nVERDICT: {0}", "{1} No other rule applies.\n\nVERDICT: {0}", "The rules decide this one.\n\nVERDICT: {0}"},
	thoughtful: {"{1}\n\nVERDICT: {0}", "VERDICT: {0}", "The figures leave no doubt. {1}\n\nVERDICT: {0}"},
}

// openings stand before a list or a text.
var openings = [voices]manner{
	terse:      {"", "", ""},
	chatty:     {"Sure! Here you go:\n\n", "Of course, here it is:\n\n", "Happy to help!\n\n"},
	markdown:   {"", "### Result\n\n", "Here is the result:\n\n"},
	formal:     {"Please find below what you asked for.\n\n", "I have prepared the following on the basis of what you gave me.\n\n", "Thank you for the request. The following should meet it.\n\n"},
	polished:   {"", "", "Here it is:\n\n"},
	thoughtful: {"", "", ""},
}

// closings stand behind a list or a text.
var closings = [voices]manner{
	terse:      {"", "", ""},
	chatty:     {"\n\nAnything else I can do for you?", "", "\n\nLet me know if I should change anything!"},
	markdown:   {"", "", "\n\n*Tell me if anything is missing.*"},
	formal:     {"\n\nPlease review it before it is used.", "\n\nI remain at your disposal for any changes.", ""},
	polished:   {"", "", ""},
	thoughtful: {"", "", ""},
}

// thoughts are the summaries of what a model thought.
var thoughts = manner{
	"<think>\nThe user wants one thing here, so let me find what matters. {1} I should check that again before I write it down. Yes, that holds.\n</think>\n\n",
	"<think>\nLet me take this apart. {1} Is there anything that I have missed? I went over it a second time and came to the same end.\n</think>\n\n",
	"<think>\nFirst, what is given; then, what is asked. {1} Good.\n</think>\n\n",
}

// Texts without an answer.
var (
	refusals = manner{
		"I'm sorry, but I can't help with that.",
		"I am not able to do this from what was given.",
		"Unfortunately I cannot answer this without more context.",
	}
	cutOffs = manner{
		"Let me go through this one step at a time. First, I look at what is given and",
		"To begin with, it helps to be clear about what is asked for. There are several parts to this, and the first of them",
		"Okay, so the thing to notice here is that",
	}
	undecided = manner{
		"This could be read in more than one way, and I would rather not commit to a single reading.",
		"There are good reasons on both sides here. It depends on what you have in mind.",
		"Hard to say. More than one of these would fit.",
	}
	eithers = manner{
		"It is either {0} or {1}; I cannot tell which.",
		"My first thought is {0}, but it might be {1}.",
		"Depending on how one reads it: {0}, or else {1}.",
	}
	wrapped = manner{
		"Sure! I would label this as {0}, going by how it is put.",
		"This one reads like {0} to me.",
		"Label: {0} (fairly sure)",
	}
)
