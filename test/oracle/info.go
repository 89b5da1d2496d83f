package main

import (
	"net/http"
	"net/url"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/endpoints/request"
)

// as the generic server sets it, and kube-apiserver with it: pkg/server/config.go, NewRequestInfoResolver
var resolver = request.RequestInfoFactory{
	APIPrefixes:          sets.NewString("api", "apis"),
	GrouplessAPIPrefixes: sets.NewString("api"),
}

// requestInfo tells what the API server makes of a method and a URL.
func requestInfo(method string, uri string) any {
	address, err := url.ParseRequestURI(uri)
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	info, err := resolver.NewRequestInfo(&http.Request{Method: method, URL: address})
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	return auditRequest{
		Groups: []string{}, Verb: info.Verb, ResourceRequest: info.IsResourceRequest, APIGroup: info.APIGroup,
		Resource: info.Resource, Subresource: info.Subresource, Namespace: info.Namespace, Name: info.Name,
		Path: info.Path,
	}
}
