package main

import (
	"net/http"
	"net/http/httptest"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/apis/audit"
	auditing "k8s.io/apiserver/pkg/audit"
	"k8s.io/apiserver/pkg/audit/policy"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/endpoints/filters"
	"k8s.io/apiserver/pkg/endpoints/request"
	genericfilters "k8s.io/apiserver/pkg/server/filters"
)

// auditRequest has the shape of the project's Request; a user that is null is one who could not be authenticated.
type auditRequest struct {
	User            *string  `json:"user"`
	Groups          []string `json:"groups"`
	Verb            string   `json:"verb"`
	ResourceRequest bool     `json:"resourceRequest"`
	APIGroup        string   `json:"apiGroup"`
	Resource        string   `json:"resource"`
	Subresource     string   `json:"subresource"`
	Namespace       string   `json:"namespace"`
	Name            string   `json:"name"`
	Path            string   `json:"path"`
}

// decision of a policy about one request. Rule is -1 where none matched.
type decision struct {
	Rule              int      `json:"rule"`
	Level             string   `json:"level"`
	OmitStages        []string `json:"omitStages"`
	OmitManagedFields bool     `json:"omitManagedFields"`
	Stages            []string `json:"stages"`
}

// as kube-apiserver sets it: pkg/controlplane/apiserver/config.go, BuildGenericConfig
var isLongRunning = genericfilters.BasicLongRunningRequestCheck(
	sets.NewString("watch", "proxy"),
	sets.NewString("attach", "exec", "proxy", "log", "portforward"),
)

// judge holds the handler chain around a policy, and an evaluator for each of its rules alone.
type judge struct {
	spied       *spy
	rules       []auditing.PolicyRuleEvaluator
	handler     http.Handler
	unauthentic http.Handler
}

func newJudge(loaded *audit.Policy) *judge {
	made := &judge{}
	for _, rule := range loaded.DeepCopy().Rules {
		rule.Level = audit.LevelMetadata
		made.rules = append(made.rules, policy.NewPolicyRuleEvaluator(&audit.Policy{Rules: []audit.PolicyRule{rule}}))
	}
	made.spied = &spy{PolicyRuleEvaluator: policy.NewPolicyRuleEvaluator(loaded)}
	answer := func(code int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	}
	made.handler = filters.WithAudit(answer(http.StatusOK), made.spied, made.spied, isLongRunning)
	made.unauthentic = filters.WithFailedAuthenticationAudit(answer(http.StatusUnauthorized), made.spied, made.spied)
	return made
}

// spy stands where the policy and the backend stand, and keeps what the one decides and the other is told.
type spy struct {
	auditing.PolicyRuleEvaluator
	config auditing.RequestAuditConfig
	stages []string
}

func (s *spy) EvaluatePolicyRule(attributes authorizer.Attributes) auditing.RequestAuditConfig {
	s.config = s.PolicyRuleEvaluator.EvaluatePolicyRule(attributes)
	return s.config
}

func (s *spy) ProcessEvents(events ...*audit.Event) bool {
	for _, event := range events {
		s.stages = append(s.stages, string(event.Stage))
	}
	return true
}

func (j *judge) decide(asked auditRequest) decision {
	j.spied.stages = []string{}
	attributes := asked.attributes()
	handler := j.handler
	if asked.User == nil {
		handler = j.unauthentic
	}
	handler.ServeHTTP(httptest.NewRecorder(), asked.httpRequest())
	config := j.spied.config
	result := decision{
		Rule:              -1,
		Level:             string(config.Level),
		OmitStages:        []string{},
		OmitManagedFields: config.OmitManagedFields,
		Stages:            j.spied.stages,
	}
	for _, stage := range config.OmitStages {
		result.OmitStages = append(result.OmitStages, string(stage))
	}
	for index, rule := range j.rules {
		if rule.EvaluatePolicyRule(attributes).Level == audit.LevelMetadata {
			result.Rule = index
			break
		}
	}
	return result
}

func (r auditRequest) userInfo() user.Info {
	if r.User == nil {
		return nil
	}
	return &user.DefaultInfo{Name: *r.User, Groups: r.Groups}
}

func (r auditRequest) attributes() authorizer.AttributesRecord {
	made := authorizer.AttributesRecord{
		Verb: r.Verb, Namespace: r.Namespace, APIGroup: r.APIGroup, Resource: r.Resource, Subresource: r.Subresource,
		Name: r.Name, ResourceRequest: r.ResourceRequest, Path: r.Path,
	}
	if who := r.userInfo(); who != nil {
		made.User = who
	}
	return made
}

var plain = httptest.NewRequest(http.MethodGet, "/", nil)

func (r auditRequest) httpRequest() *http.Request {
	ctx := auditing.WithAuditContext(plain.Context())
	ctx = request.WithRequestInfo(ctx, &request.RequestInfo{
		IsResourceRequest: r.ResourceRequest, Path: r.Path, Verb: r.Verb, APIGroup: r.APIGroup, Namespace: r.Namespace,
		Resource: r.Resource, Subresource: r.Subresource, Name: r.Name,
	})
	if who := r.userInfo(); who != nil {
		ctx = request.WithUser(ctx, who)
	}
	return plain.WithContext(ctx)
}
