package main

import (
	"errors"
	"strings"

	"github.com/go-logr/logr"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/apis/audit"
	"k8s.io/apiserver/pkg/audit/policy"
	"k8s.io/klog/v2"
)

// verdict is what the API server makes of a policy's text: why not, or what it decides for each request.
type verdict struct {
	Reason    string      `json:"reason"`
	Message   string      `json:"message,omitempty"`
	Errors    [][2]string `json:"errors,omitempty"`
	Lenient   string      `json:"lenient,omitempty"`
	Loaded    any         `json:"loaded,omitempty"`
	Decisions []decision  `json:"decisions,omitempty"`
}

func judgePolicy(text []byte, requests []auditRequest) verdict {
	said := listen()
	loaded, err := policy.LoadPolicyFromBytes(text)
	result := verdict{Lenient: said.text()}
	if err != nil {
		result.Reason, result.Errors = reasonOf(err)
		result.Message = err.Error()
		return result
	}
	result.Reason = "accepted"
	result.Loaded = outline(loaded)
	judge := newJudge(loaded)
	for _, request := range requests {
		result.Decisions = append(result.Decisions, judge.decide(request))
	}
	return result
}

// outline is all of a policy in lists: what it omits, then its rules.
func outline(loaded *audit.Policy) any {
	rules := []any{}
	for _, rule := range loaded.Rules {
		entries := []any{}
		for _, each := range rule.Resources {
			entries = append(entries, []any{each.Group, words(each.Resources), words(each.ResourceNames)})
		}
		rules = append(rules, []any{
			rule.Level, words(rule.Users), words(rule.UserGroups), words(rule.Verbs), entries, words(rule.Namespaces),
			words(rule.NonResourceURLs), words(rule.OmitStages), rule.OmitManagedFields,
		})
	}
	return []any{words(loaded.OmitStages), loaded.OmitManagedFields, rules}
}

func words[T ~string](list []T) []T { return append([]T{}, list...) }

// reasonOf sorts the errors of LoadPolicyFromBytes (pkg/audit/policy/reader.go), by their types where they have one.
func reasonOf(err error) (string, [][2]string) {
	var faults [][2]string
	var aggregate utilerrors.Aggregate
	if errors.As(err, &aggregate) {
		for _, each := range aggregate.Errors() {
			var fault *field.Error
			if errors.As(each, &fault) {
				faults = append(faults, [2]string{fault.Field, string(fault.Type)})
			}
		}
	}
	message := err.Error()
	switch {
	case len(faults) > 0:
		return "validation", faults
	case strings.HasPrefix(message, "loaded illegal policy with 0 rules"):
		return "no-rules", nil
	case strings.HasPrefix(message, "unknown group version field"), isOfUnknownKind(message):
		return "header", nil
	default:
		return "decode", nil
	}
}

// a kind or version that the scheme does not know; the errors are wrapped as text in some releases
func isOfUnknownKind(message string) bool {
	return strings.Contains(message, "no kind \"") ||
		// of the same group and version, but no policy
		strings.Contains(message, "unknown conversion") ||
		strings.Contains(message, "unable to decode") && strings.Contains(message, "into *audit.Policy") ||
		strings.Contains(message, "unexpected GroupVersion string") ||
		strings.Contains(message, "Object 'apiVersion' is missing") ||
		strings.Contains(message, "Object 'Kind' is missing")
}

// listener keeps what klog is told, for the warning about a policy that is no good strictly.
type listener struct{ lines []string }

var heard = &listener{}

func init() { klog.SetLogger(logr.New(heard)) }

func listen() *listener {
	heard.lines = nil
	return heard
}

func (l *listener) text() string {
	for _, line := range l.lines {
		if strings.Contains(line, "falling back to lenient decoding") {
			return line
		}
	}
	return ""
}

func (l *listener) Init(logr.RuntimeInfo)                   {}
func (l *listener) Enabled(level int) bool                  { return level == 0 }
func (l *listener) Info(_ int, message string, _ ...any)    { l.lines = append(l.lines, message) }
func (l *listener) Error(_ error, message string, _ ...any) { l.lines = append(l.lines, message) }
func (l *listener) WithValues(...any) logr.LogSink          { return l }
func (l *listener) WithName(string) logr.LogSink            { return l }
