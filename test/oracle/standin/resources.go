package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/endpoints/handlers"
	"k8s.io/apiserver/pkg/endpoints/handlers/responsewriters"
	"k8s.io/apiserver/pkg/endpoints/request"
)

const (
	minimalWatch  = 1800 * time.Second
	strategic     = "application/strategic-merge-patch+json"
	panicGroup    = "standin.test"
	panicResource = "panics"
)

var (
	patchTypes       = []string{string(types.JSONPatchType), string(types.MergePatchType), string(types.ApplyYAMLPatchType)}
	connectTo        = []string{"attach", "exec", "proxy", "portforward"}
	createOn         = []string{"binding", "eviction", "token"}
	reviewsAreEchoed = []string{
		"tokenreviews", "subjectaccessreviews", "localsubjectaccessreviews", "selfsubjectaccessreviews",
		"selfsubjectrulesreviews", "selfsubjectreviews", "bindings",
	}
)

// resources answers every path under /api and /apis with the handlers that kube-apiserver installs for its own resources
// (k8s.io/apiserver pkg/endpoints/handlers), on objects without schema that are held in memory. Which of them takes a
// request follows pkg/apiserver/customresource_handler.go of k8s.io/apiextensions-apiserver, serveResource.
type resources struct {
	authorizer authorizer.Authorizer
	maxBody    int64
	store      *store

	lock   sync.Mutex
	scopes map[scopeKey]*handlers.RequestScope
}

func newResources(authorizer authorizer.Authorizer, maxBody int64) *resources {
	return &resources{authorizer: authorizer, maxBody: maxBody, store: newStore(), scopes: map[scopeKey]*handlers.RequestScope{}}
}

func (r *resources) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	info, ok := request.RequestInfoFrom(req.Context())
	if !ok {
		fail(w, req, errors.NewInternalError(fmt.Errorf("no RequestInfo found in the context")))
		return
	}
	if !info.IsResourceRequest {
		serveDiscovery(w, req)
		return
	}
	if info.APIGroup == panicGroup && info.Resource == panicResource {
		panic("asked for")
	}
	if err := asJSON(req, r.maxBody); err != nil {
		fail(w, req, err)
		return
	}
	if handler := r.handler(info, req); handler != nil {
		handler(w, req)
		return
	}
	resource := schema.GroupResource{Group: info.APIGroup, Resource: info.Resource}
	fail(w, req, errors.NewMethodNotSupported(resource, info.Verb))
}

func fail(w http.ResponseWriter, req *http.Request, err error) {
	responsewriters.ErrorNegotiated(err, codecs, schema.GroupVersion{}, w, req)
}

func (r *resources) handler(info *request.RequestInfo, req *http.Request) http.HandlerFunc {
	scope, err := r.scope(info)
	if err != nil {
		return func(w http.ResponseWriter, req *http.Request) { fail(w, req, errors.NewInternalError(err)) }
	}
	storage := storageFor{store: r.store, scope: scope}
	isRead := slices.Contains([]string{"GET", "HEAD"}, req.Method)
	switch {
	case slices.Contains(connectTo, info.Subresource):
		return handlers.ConnectResource(connecter{info.Subresource}, scope, nil, "", true)
	case info.Verb == "proxy":
		return handlers.ConnectResource(connecter{"proxy"}, scope, nil, "", false)
	case info.Subresource == "log" && isRead:
		return handlers.GetResource(podLog{req.URL.Query().Get("follow") == "true"}, scope)
	case info.Verb == "create" && slices.Contains(createOn, info.Subresource):
		return handlers.CreateNamedResource(echo{scope}, scope, nil)
	case info.Verb == "create" && slices.Contains(reviewsAreEchoed, info.Resource):
		return handlers.CreateResource(unnamedEcho{scope}, scope, nil)
	}
	return plainHandler(info.Verb, info.Subresource != "", storage, scope, req)
}

func plainHandler(verb string, isPart bool, storage storageFor, scope *handlers.RequestScope, req *http.Request) http.HandlerFunc {
	switch verb {
	case "get":
		return handlers.GetResource(storage, scope)
	case "update":
		return handlers.UpdateResource(storage, scope, nil)
	case "patch":
		// there is no schema to merge by: a strategic patch is taken for a plain merge
		if strings.HasPrefix(req.Header.Get("Content-Type"), strategic) {
			req.Header.Set("Content-Type", string(types.MergePatchType))
		}
		return handlers.PatchResource(storage, scope, nil, patchTypes)
	}
	if isPart {
		return nil
	}
	switch verb {
	case "list":
		return handlers.ListResource(storage, storage, scope, false, minimalWatch)
	case "watch":
		return handlers.ListResource(storage, storage, scope, true, minimalWatch)
	case "create":
		return handlers.CreateResource(storage, scope, nil)
	case "delete":
		return handlers.DeleteResource(storage, true, scope, nil)
	case "deletecollection":
		return handlers.DeleteCollection(storage, true, scope, nil)
	}
	return nil
}
