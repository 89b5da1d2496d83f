// Program pod-security judges pods with Kubernetes' own evaluator of the Pod Security Standards. A question is a line of JSON
// on standard input, its answer a line on standard output; README.md of the directory above has the table.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	kjson "sigs.k8s.io/json"
)

type question struct {
	Metadata json.RawMessage `json:"metadata"`
	Spec     json.RawMessage `json:"spec"`
	// Versions are policy versions: v1.36, latest.
	Versions []string `json:"versions"`
}

type answer struct {
	Error    string    `json:"error,omitempty"`
	Verdicts []verdict `json:"verdicts,omitempty"`
}

// verdict is what each level says at one version.
type verdict struct {
	Baseline   judgement `json:"baseline"`
	Restricted judgement `json:"restricted"`
}

// judgement is what the evaluator's aggregate says, and the checks that forbid.
type judgement struct {
	Allowed   bool        `json:"allowed"`
	Reason    string      `json:"reason"`
	Detail    string      `json:"detail"`
	Forbidden []forbidden `json:"forbidden"`
	// Asked are the IDs of all the checks of this level and version.
	Asked []string `json:"asked"`
}

type forbidden struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

func main() {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<28)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for in.Scan() {
		given, err := judge(evaluator, in.Bytes())
		if err != nil {
			given = answer{Error: err.Error()}
		}
		if err := answers.Encode(given); err != nil {
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

func judge(evaluator policy.Evaluator, line []byte) (answer, error) {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{}, err
	}
	pod, err := decode(asked)
	if err != nil {
		return answer{}, err
	}
	var given answer
	for _, text := range asked.Versions {
		version, err := api.ParseVersion(text)
		if err != nil {
			return answer{}, err
		}
		baseline, err := judgeAt(evaluator, api.LevelBaseline, version, pod)
		if err != nil {
			return answer{}, err
		}
		restricted, err := judgeAt(evaluator, api.LevelRestricted, version, pod)
		if err != nil {
			return answer{}, err
		}
		given.Verdicts = append(given.Verdicts, verdict{baseline, restricted})
	}
	return given, nil
}

// decode reads a pod as the API server does: names of fields in their own case, numbers as they are written.
func decode(asked question) (*corev1.Pod, error) {
	pod := &corev1.Pod{}
	for _, part := range []struct {
		text json.RawMessage
		into any
	}{{asked.Metadata, &pod.ObjectMeta}, {asked.Spec, &pod.Spec}} {
		if len(part.text) == 0 {
			continue
		}
		if err := kjson.UnmarshalCaseSensitivePreserveInts(part.text, part.into); err != nil {
			return nil, err
		}
	}
	return pod, nil
}

func judgeAt(evaluator policy.Evaluator, level api.Level, version api.Version, pod *corev1.Pod) (judgement, error) {
	results := evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: version}, &pod.ObjectMeta, &pod.Spec)
	ids, named, err := nameResults(results, level, version, &pod.ObjectMeta, &pod.Spec)
	if err != nil {
		return judgement{}, err
	}
	aggregate := policy.AggregateCheckResults(results)
	return judgement{
		Allowed:   aggregate.Allowed,
		Reason:    aggregate.ForbiddenReason(),
		Detail:    aggregate.ForbiddenDetail(),
		Forbidden: named,
		Asked:     ids,
	}, nil
}

// nameResults tells the ID of each of the evaluator's results, which have none: the same checks are asked one by one.
func nameResults(results []policy.CheckResult, level api.Level, version api.Version, metadata *metav1.ObjectMeta, spec *corev1.PodSpec) ([]string, []forbidden, error) {
	ids := askedChecks(level, version)
	if len(ids) != len(results) {
		return nil, nil, fmt.Errorf("the evaluator gave %d results for %d checks: %v", len(results), len(ids), ids)
	}
	named := []forbidden{}
	names := []string{}
	for i, check := range ids {
		own := check.form.CheckPod(metadata, spec)
		if own != results[i] {
			return nil, nil, fmt.Errorf("result %d is not that of %s: %v, %v", i, check.id, results[i], own)
		}
		names = append(names, check.id)
		if !own.Allowed {
			named = append(named, forbidden{check.id, own.ForbiddenReason, own.ForbiddenDetail})
		}
	}
	return names, named, nil
}
