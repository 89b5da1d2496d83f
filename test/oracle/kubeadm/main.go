// Program kubeadm answers questions with kubeadm's own code: what it makes of a ClusterConfiguration. A question is a line
// of JSON on standard input, its answer a line on standard output; README.md has the table.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"k8s.io/klog/v2"
)

type question struct {
	Op string `json:"op"`
	// Config is the text of a ClusterConfiguration, as the key of that name in the ConfigMap kubeadm-config has it.
	Config string `json:"config"`
	// Patches are the files of kubeadm's patches directory; nil for none.
	Patches []file `json:"patches"`
}

type file struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

func main() {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	// kubeadm talks on standard output, which is ours
	answers := bufio.NewWriter(os.Stdout)
	os.Stdout = os.Stderr
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stdout = null
	}
	questions := bufio.NewReader(os.Stdin)
	for {
		line, err := questions.ReadBytes('\n')
		if len(line) > 0 {
			encoded, problem := json.Marshal(answer(line))
			if problem != nil {
				encoded, _ = json.Marshal(failure(problem))
			}
			answers.Write(append(encoded, '\n'))
			answers.Flush()
		}
		if err != nil {
			return
		}
	}
}

func failure(err error) map[string]any {
	return map[string]any{"ok": false, "error": err.Error()}
}

func answer(line []byte) (given any) {
	defer func() {
		if cause := recover(); cause != nil {
			given = failure(fmt.Errorf("panic: %v", cause))
		}
	}()
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return failure(err)
	}
	var err error
	switch asked.Op {
	case "pod":
		given, err = podOf(asked)
	case "upload":
		given, err = uploadOf(asked)
	case "paths":
		given = pathsOf()
	default:
		err = fmt.Errorf("no such op: %q", asked.Op)
	}
	if err != nil {
		return failure(err)
	}
	return given
}
