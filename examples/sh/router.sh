#!/bin/sh
# A router in POSIX sh and awk that keeps Waymark's protocol: prompts of at least 200
# characters go to the last model of the pool, others to the first. It takes one query a
# line (it names no batch) and reads lines without a JSON parser, which works since type, n
# and the query's id stand first in a line of Waymark, in that order. Some awks read
# ahead, so that each line is given to an awk of its own: some hundred queries a second.

hello='
{
	rest = substr($0, index($0, "\"models\":[") + 10)
	while (match(rest, /^"([^"\\]|\\.)*"/)) {
		name = substr(rest, 2, RLENGTH - 2)
		if (first == "") first = name
		rest = substr(rest, RLENGTH + 1)
		if (substr(rest, 1, 1) == ",") rest = substr(rest, 2)
	}
	print first
	print name
}'

select='
{
	n = substr($0, index($0, "\"n\":") + 4) + 0
	rest = substr($0, index($0, "\"id\":") + 5)
	match(rest, /^"([^"\\]|\\.)*"/)
	id = substr(rest, 1, RLENGTH)
	size = 0
	while (p = index(rest, "\"content\":\"")) {
		rest = substr(rest, p + 10)
		match(rest, /^"([^"\\]|\\.)*"/)
		size += RLENGTH - 2
		rest = substr(rest, RLENGTH + 1)
	}
	printf "{\"n\":%d,\"picks\":[{\"id\":%s,\"model\":\"%s\",\"signal\":%d,", n, id, (size >= 200 ? last : first), size
	printf "\"reason\":\"%d characters\",\"cost_usd\":0,\"latency_ms\":0}]}\n", size
}'

while IFS= read -r line; do
	case $line in
	'{"type":"hello"'*)
		models=$(printf '%s\n' "$line" | awk "$hello")
		first=${models%%
*}
		last=${models##*
}
		echo '{"n":0,"ready":{"protocol":1,"name":"sh-example","version":"1","mode":"select"}}'
		;;
	'{"type":"select"'*)
		printf '%s\n' "$line" | awk -v first="$first" -v last="$last" "$select"
		;;
	esac
done
