package demo

import "strconv"

var coding = []family{
	{"trace", []byte(`"numeric"`), "Follow the variables through the loop, one turn after the other.", writeTrace},
	{"bug", []byte(`"choice"`), "Run the function in your head on the smallest input that can go wrong.", writeBug},
	{"sql", []byte(`"numeric"`), "Keep the rows that the condition admits, then aggregate.", writeSQL},
	{"complexity", []byte(`{"type":"choice","letters":"ABCD"}`), "Count how often the innermost line runs as the input grows.", writeComplexity},
	{"function", []byte(`"contains-all"`), "The signature is given; the body is short.", writeFunction},
	{"stack-trace", []byte(`"contains"`), "The innermost frame that belongs to the application is where to look.", writeStackTrace},
}

func writeTrace(d *draft) {
	n, mod := d.between(3, 5+4*d.level), d.between(2, 4)
	add, sub, total := d.between(2, 3+4*d.level), d.between(1, 2+2*d.level), d.between(0, 20)
	d.sayOne("What does this print?", "What is the output of this program?", "Give the number that this Python script prints.")
	d.caution()
	d.say("\n\n```python\ndef run(n):\n    total = {}\n    for i in range(n):\n        if i % {} == 0:\n            total += i * {}\n", itoa(total), itoa(mod), itoa(add))
	if d.level >= 2 {
		d.say("        else:\n            total -= {}\n", itoa(sub))
	}
	limit := d.between(20, 60)
	if d.level >= 4 {
		d.say("        if total > {}:\n            total = total // 2\n", itoa(limit))
	}
	if d.level >= 5 {
		d.say("        total += n - i\n")
	}
	d.say("    return total\n\n\nprint(run({}))\n```", itoa(n))
	run := func(n int) int { return traced(n, total, mod, add, sub, limit, d.level) }
	d.number(0, run(n), run(n+1), run(n-1), run(n)+add)
}

// traced is what the program of writeTrace prints.
func traced(n, total, mod, add, sub, limit, level int) int {
	for i := range n {
		switch {
		case i%mod == 0:
			total += i * add
		case level >= 2:
			total -= sub
		}
		if level >= 4 && total > limit { // limit is above 0, so // is /
			total /= 2
		}
		if level >= 5 {
			total += n - i
		}
	}
	return total
}

// bugs are functions with one mistake: what is wrong stands first, then what is
// not.
var bugs = []struct {
	code string
	says [4]string
}{
	{
		"def {0}(items):\n    best = 0\n    for x in items:\n        if x > best:\n            best = x\n    return best\n",
		[4]string{"It is wrong where all items are negative", "It never looks at the last item", "It fails on a list of one item", "It changes the list that it is given"},
	},
	{
		"def {0}(items):\n    total = 0\n    for i in range(1, len(items)):\n        total += items[i]\n    return total\n",
		[4]string{"It leaves out the first item", "It reads past the end of the list", "It counts the last item twice", "It fails on an empty list"},
	},
	{
		"function {0}(items) {\n  let out = [];\n  for (let i = 0; i <= items.length; i++) {\n    out.push(items[i] * 2);\n  }\n  return out;\n}\n",
		[4]string{"It goes one position past the end", "It leaves out the first item", "It never returns a value", "It doubles the array that it is given in place"},
	},
	{
		"def {0}(text, seen=[]):\n    for word in text.split():\n        if word not in seen:\n            seen.append(word)\n    return seen\n",
		[4]string{"What one call saw is still there in the next", "It returns words more than once", "It splits at commas only", "It fails on an empty text"},
	},
	{
		"func {0}(xs []int) float64 {\n\tsum := 0\n\tfor _, x := range xs {\n\t\tsum += x\n\t}\n\treturn float64(sum / len(xs))\n}\n",
		[4]string{"The division drops what is behind the decimal point", "The first element is left out", "It changes the slice that it is given", "The sum starts at the wrong value"},
	},
	{
		"def {0}(n):\n    if n == 0:\n        return 1\n    return n * {0}(n - 2)\n",
		[4]string{"It never ends for odd numbers", "It returns the wrong value for zero", "It adds where it should multiply", "It needs a global variable"},
	},
	{
		"def {0}(path):\n    f = open(path)\n    for line in f:\n        if line.startswith('#'):\n            return line\n    f.close()\n    return None\n",
		[4]string{"The file stays open where a line is found", "It returns the last such line", "It reads the whole file into memory first", "It fails on a file without such a line"},
	},
}

var functionNames = []string{"collect", "largest", "summarise", "scan", "measure", "gather", "process"}

// helpers are functions without a mistake.
var helpers = []string{
	"def {}(value):\n    return str(value).strip().lower()\n\n",
	"def {}(pairs):\n    return {k: v for k, v in pairs if v is not None}\n\n",
	"def {}(rows):\n    for row in rows:\n        if row:\n            yield row\n\n",
	"def {}(a, b):\n    return a if a[1] <= b[1] else b\n\n",
}

func writeBug(d *draft) {
	bug := &bugs[d.below(len(bugs))]
	d.sayOne("What is wrong with this function? Choose one option and give its letter.", "One of these statements about the code is true. Which one? Reply with the letter.", "Find the bug. Which option describes it?")
	d.say("\n\n```\n")
	if d.level >= 2 {
		names := d.distinct(functionNames, d.level-1)
		from := d.below(len(helpers))
		for i := range d.level - 1 {
			d.say(helpers[(from+i)%len(helpers)], names[i]+"_"+itoa(i))
		}
	}
	d.say(bug.code, functionNames[d.below(len(functionNames))])
	d.say("```")
	if d.level >= 2 {
		d.say("\nThe helpers above the last function are fine.")
	}
	d.caution()
	d.say("\n")
	d.options(bug.says)
}

func writeSQL(d *draft) {
	n, least := 3+3*d.level, d.between(2, 6)
	towns := d.distinct(regions, 3)
	asked := towns[0]
	aggregate := d.pick("SUM(amount)", "COUNT(*)", "MAX(amount)")
	d.say(d.pick("The table orders is given below. What does the query return?", "Evaluate the query on this table.", "What is the result of the query?"))
	d.caution()
	d.say("\n\n```sql\nSELECT {} FROM orders\nWHERE town = '{}'", aggregate, asked)
	if d.level >= 2 {
		d.say(" AND quantity >= {}", itoa(least))
	}
	if d.level >= 4 {
		d.say(" AND NOT cancelled")
	}
	d.say(";\n```\n\n| town | quantity | amount | cancelled |\n|---|---:|---:|---|\n")
	var all, kept tally
	for i := range n {
		town, quantity, amount, cancelled := towns[d.below(3)], d.between(1, 9), d.between(10, 400), d.percent(25)
		if i == 0 { // an aggregate of no rows would be NULL
			town, quantity, cancelled = asked, least+1, false
		}
		d.say("| {} | {} | {} | {} |\n", town, itoa(quantity), itoa(amount), strconv.FormatBool(cancelled))
		all.add(amount)
		if town == asked && (d.level < 2 || quantity >= least) && (d.level < 4 || !cancelled) {
			kept.add(amount)
		}
	}
	switch aggregate {
	case "COUNT(*)":
		d.number(0, kept.count, kept.count+1, all.count, kept.sum)
	case "MAX(amount)":
		d.number(0, kept.most, kept.most+9, all.most, kept.sum)
	default:
		d.number(0, kept.sum, kept.sum-kept.most, all.sum, kept.count)
	}
}

// A tally aggregates amounts.
type tally struct{ count, sum, most int }

func (t *tally) add(amount int) {
	t.count, t.sum, t.most = t.count+1, t.sum+amount, max(t.most, amount)
}

// growths are loops, and how their work grows; the options are the same for all.
var growths = []struct {
	code  string
	right int // position in orders
}{
	{"for i in range(n):\n    work(i)\n", 1},
	{"for i in range(n):\n    for j in range(n):\n        work(i, j)\n", 3},
	{"for i in range(n):\n    for j in range(i):\n        work(i, j)\n", 3},
	{"i = n\nwhile i > 1:\n    work(i)\n    i //= 2\n", 0},
	{"for i in range(n):\n    j = n\n    while j > 1:\n        work(i, j)\n        j //= 2\n", 2},
	{"for i in range(n):\n    for j in range(10):\n        work(i, j)\n", 1},
	{"items.sort()\nfor x in items:\n    work(x)\n", 2},
	{"i = 1\nwhile i * i < n * n:\n    work(i)\n    i += 1\n", 1},
}

var orders = [4]string{"O(log n)", "O(n)", "O(n log n)", "O(n^2)"}

func writeComplexity(d *draft) {
	g := &growths[d.below(len(growths))]
	d.sayOne("How does the running time of this code grow with n? Give the letter.", "What is the time complexity? Reply with one letter.", "Which of the options is the time complexity of this snippet?")
	d.say(" A call of work takes constant time")
	if d.level >= 3 {
		d.say(", and items has n entries in random order")
	}
	d.say(".\n\n```python\n")
	for i := range d.level - 1 {
		d.say("{} = {}\n", functionNames[i], itoa(d.between(1, 99)))
	}
	d.say("{}```", g.code)
	d.caution()
	d.say("\n")
	var of [4]string
	for i := range of {
		of[i] = orders[(g.right+i)%4]
	}
	d.options(of)
}

// jobs are functions to be written. The bodies hold the signature as {0} and the
// statement that raises the error as {1}.
var jobs = []struct {
	stem, arguments, swapped string
	task                     string
	errors                   [3]string
	bodies                   [3]string
}{
	{
		"clamp", "value, low, high", "value, high, low",
		"returns value, but no less than low and no more than high; where low is above high, it raises a ValueError",
		[3]string{"low is above high", "bounds are reversed", "empty range"},
		[3]string{
			"{0}\n    if low > high:\n        {1}\n    return max(low, min(value, high))\n",
			"```python\n{0}\n    if low > high:\n        {1}\n    return max(low, min(value, high))\n```",
			"```python\n# Keeps a value within two bounds.\n{0}\n    if low > high:\n        {1}\n    # The inner call caps the value, the outer one lifts it.\n    return max(low, min(value, high))\n```\n\nThe function runs in constant time and keeps no state.",
		},
	},
	{
		"mean", "numbers", "values",
		"returns the arithmetic mean of a list; on an empty list it raises a ValueError",
		[3]string{"no numbers", "empty list", "nothing to average"},
		[3]string{
			"{0}\n    if not numbers:\n        {1}\n    return sum(numbers) / len(numbers)\n",
			"```python\n{0}\n    if not numbers:\n        {1}\n    return sum(numbers) / len(numbers)\n```",
			"```python\n# The sum over how many there are.\n{0}\n    if not numbers:\n        {1}\n    return sum(numbers) / len(numbers)\n```\n\nThe guard comes first, so that the division is always defined.",
		},
	},
	{
		"initials", "full_name", "name",
		"returns the first letters of all words of a name in upper case; on a blank name it raises a ValueError",
		[3]string{"blank name", "name is missing", "no words"},
		[3]string{
			"{0}\n    if not full_name.strip():\n        {1}\n    return ''.join(w[0] for w in full_name.split()).upper()\n",
			"```python\n{0}\n    words = full_name.split()\n    if not words:\n        {1}\n    return ''.join(w[0] for w in words).upper()\n```",
			"```python\n# Splitting without an argument copes with several spaces in a row.\n{0}\n    words = full_name.split()\n    if not words:\n        {1}\n    return ''.join(word[0] for word in words).upper()\n```\n\nLetters are taken as they are, accents included.",
		},
	},
	{
		"chunks", "items, size", "size, items",
		"splits a list into lists of at most the given size; where the size is below one, it raises a ValueError",
		[3]string{"size is below one", "bad size", "size must be positive"},
		[3]string{
			"{0}\n    if size < 1:\n        {1}\n    return [items[i:i + size] for i in range(0, len(items), size)]\n",
			"```python\n{0}\n    if size < 1:\n        {1}\n    return [items[i:i + size] for i in range(0, len(items), size)]\n```",
			"```python\n# The last list may be shorter than the others.\n{0}\n    if size < 1:\n        {1}\n    return [items[i:i + size] for i in range(0, len(items), size)]\n```\n\nAn empty list gives no lists at all.",
		},
	},
}

// wishes are further conditions on a function.
var wishes = []string{
	" Do not rename the parameters.", " Leave out type hints.", " It is called from several threads, so it may not keep state.",
	" It runs within a request, so it may not read files.", " Do not print anything.", " Use nothing beyond the standard library.",
}

func writeFunction(d *draft) {
	job := &jobs[d.below(len(jobs))]
	name := job.stem + "_" + d.pick("fast", "all", "safe", "input", "field", "report")
	message := job.errors[d.below(3)]
	d.say(d.pick("Write a Python function {}({}) that {} with the message \"{}\".", "I need {}({}) in Python: it {} with the message \"{}\".", "Implement {}({}) in Python. It {} with the text \"{}\"."), name, job.arguments, job.task, message)
	from := d.below(len(wishes))
	for i := range d.level - 1 {
		d.say("{}", wishes[(from+i)%len(wishes)])
	}
	d.caution()
	d.prose(&job.bodies, "",
		value{right: "def " + name + "(" + job.arguments + "):", wrong: "def " + job.stem + "(" + job.swapped + "):", vague: "def f(*args):"},
		value{right: "raise ValueError(\"" + message + "\")", wrong: "raise TypeError(\"" + message + "\")", vague: "return None"},
	)
}

// layers are files that a stack trace goes through, from the outside in.
var layers = []string{"server.py", "router.py", "session.py", "billing.py", "prices.py", "storage.py", "render.py", "export.py"}

// failures are the errors that end a trace.
var failures = []string{"KeyError: 'total'", "ValueError: empty amount", "TypeError: unsupported operand", "ZeroDivisionError: division by zero", "IndexError: list index out of range"}

func writeStackTrace(d *draft) {
	n := min(8, 2+d.level)
	files := d.distinct(layers, n)
	d.sayOne("Which line of the application raised this error? Answer as file:line.", "Where in our own code did this fail? Give file:line.", "From this traceback, give the innermost frame under /app as file:line.")
	d.say(" Our code lives under /app.")
	d.caution()
	d.say("\n\n```\nTraceback (most recent call last):\n")
	var frame [8]string
	for i := range n {
		line := d.between(100, 999)
		frame[i] = files[i] + ":" + itoa(line)
		d.say("  File \"/app/{}\", line {}, in {}\n    {}()\n", files[i], itoa(line), functionNames[d.below(len(functionNames))], functionNames[d.below(len(functionNames))])
	}
	vague := files[n-1] + " somewhere"
	if d.level >= 3 {
		library := itoa(d.between(100, 999))
		d.say("  File \"/usr/lib/python3/decimal.py\", line {}, in __new__\n", library)
		vague = "decimal.py:" + library
	}
	d.say("{}\n```", failures[d.below(len(failures))])
	d.one(frame[n-1], frame[n-2], frame[0], vague)
}
