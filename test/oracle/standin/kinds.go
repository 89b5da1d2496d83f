package main

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
)

var builtinKinds = newBuiltinKinds()

// newBuiltinKinds finds the kind of each built-in resource by making the plural of every kind that clients know.
func newBuiltinKinds() map[schema.GroupVersionResource]schema.GroupVersionKind {
	kinds := map[schema.GroupVersionResource]schema.GroupVersionKind{}
	for kind := range clientscheme.Scheme.AllKnownTypes() {
		if kind.Version == "__internal" || strings.HasSuffix(kind.Kind, "List") || strings.HasSuffix(kind.Kind, "Options") {
			continue
		}
		plural, _ := meta.UnsafeGuessKindToResource(kind)
		if kind.Kind == "Endpoints" {
			plural.Resource = "endpoints"
		}
		kinds[plural] = kind
	}
	return kinds
}

var subresourceKinds = map[string]schema.GroupVersionKind{
	"binding":  {Version: "v1", Kind: "Binding"},
	"eviction": {Group: "policy", Version: "v1", Kind: "Eviction"},
	"token":    {Group: "authentication.k8s.io", Version: "v1", Kind: "TokenRequest"},
	"scale":    {Group: "autoscaling", Version: "v1", Kind: "Scale"},
}

// kindOf tells the kind of what a resource holds; of resources that are not built in it makes one from the name.
func kindOf(resource schema.GroupVersionResource, subresource string) schema.GroupVersionKind {
	if kind, ok := subresourceKinds[subresource]; ok && subresource != "scale" {
		return kind
	}
	if kind, ok := builtinKinds[resource]; ok {
		return kind
	}
	name := strings.TrimSuffix(resource.Resource, "s")
	if name == "" {
		name = resource.Resource
	}
	return resource.GroupVersion().WithKind(strings.ToUpper(name[:1]) + name[1:])
}
