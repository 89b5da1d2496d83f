package main

import (
	"time"

	"k8s.io/apiserver/pkg/audit/policy"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

type timing struct {
	Nanoseconds int64  `json:"nanoseconds"`
	Evaluations int    `json:"evaluations"`
	Logged      int    `json:"logged"`
	Error       string `json:"error,omitempty"`
}

// bench asks the evaluator about all requests in turn, as often as rounds says, on this thread.
func bench(text []byte, requests []auditRequest, rounds int) timing {
	loaded, err := policy.LoadPolicyFromBytes(text)
	if err != nil {
		return timing{Error: err.Error()}
	}
	evaluator := policy.NewPolicyRuleEvaluator(loaded)
	attributes := make([]authorizer.Attributes, len(requests))
	for index, each := range requests {
		made := each.attributes()
		attributes[index] = &made
	}
	logged := 0
	start := time.Now()
	for round := 0; round < rounds; round++ {
		for _, each := range attributes {
			if evaluator.EvaluatePolicyRule(each).Level != "None" {
				logged++
			}
		}
	}
	return timing{
		Nanoseconds: time.Since(start).Nanoseconds(), Evaluations: rounds * len(attributes), Logged: logged,
	}
}
