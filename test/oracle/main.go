// The oracle: Kubernetes' own audit code, asked by JSON lines on standard input, answering on standard output.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
)

type question struct {
	Op       string         `json:"op"`
	Text     *string        `json:"text"`
	Bytes    []byte         `json:"bytes"`
	Requests []auditRequest `json:"requests"`
	Args     []string       `json:"args"`
	Rounds   int            `json:"rounds"`
	Method   string         `json:"method"`
	URI      string         `json:"uri"`
	File     string         `json:"file"`
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<28)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for in.Scan() {
		if err := answers.Encode(answer(in.Bytes())); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		// whoever asks may wait for this answer before it asks on
		if err := out.Flush(); err != nil {
			os.Exit(1)
		}
	}
	if err := in.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer(line []byte) (result any) {
	defer func() {
		if cause := recover(); cause != nil {
			result = map[string]string{"panic": fmt.Sprint(cause), "stack": string(debug.Stack())}
		}
	}()
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return map[string]string{"panic": "not a question: " + err.Error()}
	}
	switch asked.Op {
	case "policy":
		return judgePolicy(asked.text(), asked.Requests)
	case "flags":
		return judgeFlags(asked.Args)
	case "defaults":
		return flagDefaults()
	case "bench":
		return bench(asked.text(), asked.Requests, asked.Rounds)
	case "info":
		return requestInfo(asked.Method, asked.URI)
	case "replay":
		return replay(asked.text(), asked.File)
	case "versions":
		return versions()
	default:
		return map[string]string{"panic": "unknown op " + asked.Op}
	}
}

func (asked question) text() []byte {
	if asked.Text != nil {
		return []byte(*asked.Text)
	}
	return asked.Bytes
}
