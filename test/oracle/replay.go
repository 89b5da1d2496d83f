package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"k8s.io/apiserver/pkg/apis/audit"
	auditv1 "k8s.io/apiserver/pkg/apis/audit/v1"
	"k8s.io/apiserver/pkg/audit/policy"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// amount is a number of events and their bytes, line breaks included.
type amount struct {
	Events int `json:"events"`
	Bytes  int `json:"bytes"`
}

// replayed tells which events of a log each rule of a policy decides.
type replayed struct {
	amount
	Rules     []amount `json:"rules"`
	Unmatched amount   `json:"unmatched"`
	BadLines  int      `json:"badLines"`
	Error     string   `json:"error,omitempty"`
}

const longestLine = 64 << 20

// replay reads a log and asks the evaluator about the request of each of its events.
func replay(text []byte, file string) replayed {
	loaded, err := policy.LoadPolicyFromBytes(text)
	if err != nil {
		return replayed{Error: err.Error()}
	}
	log, err := os.Open(file)
	if err != nil {
		return replayed{Error: err.Error()}
	}
	defer log.Close()
	result := replayed{Rules: make([]amount, len(loaded.Rules))}
	evaluator := policy.NewPolicyRuleEvaluator(tagged(loaded))
	lines := bufio.NewScanner(log)
	lines.Buffer(make([]byte, 1<<20), longestLine)
	for lines.Scan() {
		line := lines.Bytes()
		var event auditv1.Event
		if err := json.Unmarshal(line, &event); err != nil {
			result.BadLines++
			continue
		}
		attributes, err := attributesOf(&event)
		if err != nil {
			result.BadLines++
			continue
		}
		config := evaluator.EvaluatePolicyRule(attributes)
		result.add(len(line) + 1)
		if index := tagIn(config.OmitStages); index >= 0 {
			result.Rules[index].add(len(line) + 1)
		} else {
			result.Unmatched.add(len(line) + 1)
		}
	}
	if err := lines.Err(); err != nil {
		result.Error = err.Error()
	}
	return result
}

func (a *amount) add(bytes int) {
	a.Events++
	a.Bytes += bytes
}

const tag = "rule "

// tagged is a policy that names the rule which decided: among the stages that it omits.
func tagged(loaded *audit.Policy) *audit.Policy {
	made := loaded.DeepCopy()
	for index := range made.Rules {
		rule := &made.Rules[index]
		rule.OmitStages = append(rule.OmitStages, audit.Stage(tag+strconv.Itoa(index)))
	}
	return made
}

func tagIn(stages []audit.Stage) int {
	for _, stage := range stages {
		if number, isTag := strings.CutPrefix(string(stage), tag); isTag {
			index, err := strconv.Atoi(number)
			if err == nil {
				return index
			}
		}
	}
	return -1
}

// methods that lead to the verb of an event; other URLs than those of resources have the method itself.
var methods = map[string]string{
	"get": http.MethodGet, "list": http.MethodGet, "watch": http.MethodGet, "create": http.MethodPost,
	"update": http.MethodPut, "patch": http.MethodPatch, "delete": http.MethodDelete,
	"deletecollection": http.MethodDelete,
}

func attributesOf(event *auditv1.Event) (authorizer.Attributes, error) {
	address, err := url.ParseRequestURI(event.RequestURI)
	if err != nil {
		return nil, err
	}
	info, err := resolver.NewRequestInfo(&http.Request{Method: methods[event.Verb], URL: address})
	if err != nil {
		return nil, err
	}
	made := &authorizer.AttributesRecord{
		Verb: event.Verb, Namespace: info.Namespace, APIGroup: info.APIGroup, Resource: info.Resource,
		Subresource: info.Subresource, Name: info.Name, ResourceRequest: info.IsResourceRequest, Path: info.Path,
	}
	// nobody was authenticated where nothing is said of the user
	if who := event.User; who.Username != "" || who.UID != "" || len(who.Groups) > 0 || len(who.Extra) > 0 {
		made.User = &user.DefaultInfo{Name: who.Username, UID: who.UID, Groups: who.Groups}
	}
	return made, nil
}
