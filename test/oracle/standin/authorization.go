package main

import (
	"context"
	"slices"
	"strings"

	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	"k8s.io/apiserver/pkg/authorization/union"
)

var (
	publicPaths    = []string{"/healthz", "/livez", "/readyz", "/version", "/version/"}
	discoveryPaths = []string{"/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"}
	readVerbs      = []string{"get", "list", "watch"}
)

func (o *options) authorizer() authorizer.Authorizer {
	if o.allowsAlways() {
		return authorizerfactory.NewAlwaysAllowAuthorizer()
	}
	return union.New(authorizerfactory.NewPrivilegedGroups(user.SystemPrivilegedGroup), simpleRoles{})
}

// simpleRoles stands for RBAC: everyone may read what system:public-info-viewer allows; those who are known may read
// what system:discovery allows, and every resource but secrets and what leads into a pod; nodes may write as well.
type simpleRoles struct{}

func (simpleRoles) Authorize(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
	groups := a.GetUser().GetGroups()
	isKnown := slices.Contains(groups, user.AllAuthenticated)
	switch {
	case !a.IsResourceRequest() && a.GetVerb() == "get" && slices.Contains(publicPaths, a.GetPath()):
		return allowed("system:public-info-viewer", groups)
	case !a.IsResourceRequest() && a.GetVerb() == "get" && isKnown && isDiscovery(a.GetPath()):
		return allowed("system:discovery", groups)
	case a.IsResourceRequest() && slices.Contains(groups, user.NodesGroup):
		return allowed("system:node", groups)
	case a.IsResourceRequest() && isKnown && isHarmless(a):
		return allowed("view", groups)
	}
	return authorizer.DecisionNoOpinion, "", nil
}

func allowed(role string, groups []string) (authorizer.Decision, string, error) {
	return authorizer.DecisionAllow, `RBAC: allowed by ClusterRoleBinding "` + role + `" of ClusterRole "` + role +
		`" to Group "` + groups[len(groups)-1] + `"`, nil
}

func isDiscovery(path string) bool {
	return slices.ContainsFunc(discoveryPaths, func(each string) bool {
		prefix, isPrefix := strings.CutSuffix(each, "*")
		return path == each || (isPrefix && strings.HasPrefix(path, prefix))
	})
}

func isHarmless(a authorizer.Attributes) bool {
	return slices.Contains(readVerbs, a.GetVerb()) && a.GetResource() != "secrets" &&
		!slices.Contains(longSubresources, a.GetSubresource())
}
