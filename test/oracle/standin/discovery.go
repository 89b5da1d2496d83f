package main

import (
	"net/http"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/endpoints/handlers/negotiation"
	"k8s.io/apiserver/pkg/endpoints/handlers/responsewriters"
)

var (
	everyVerb    = metav1.Verbs{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
	ofTheCluster = []string{
		"namespaces", "nodes", "persistentvolumes", "componentstatuses", "clusterroles", "clusterrolebindings",
		"storageclasses", "volumeattachments", "csidrivers", "csinodes", "priorityclasses", "runtimeclasses",
		"ingressclasses", "certificatesigningrequests", "tokenreviews", "subjectaccessreviews",
		"mutatingwebhookconfigurations", "validatingwebhookconfigurations", "flowschemas", "selfsubjectreviews",
		"selfsubjectaccessreviews", "selfsubjectrulesreviews",
	}
	shortNames = map[string][]string{
		"configmaps": {"cm"}, "cronjobs": {"cj"}, "daemonsets": {"ds"}, "deployments": {"deploy"}, "endpoints": {"ep"},
		"events": {"ev"}, "ingresses": {"ing"}, "namespaces": {"ns"}, "nodes": {"no"}, "persistentvolumeclaims": {"pvc"},
		"persistentvolumes": {"pv"}, "pods": {"po"}, "replicasets": {"rs"}, "serviceaccounts": {"sa"},
		"services": {"svc"}, "statefulsets": {"sts"},
	}
)

// serveDiscovery answers /api, /apis and what is below them short of a resource, from the kinds that clients know.
func serveDiscovery(w http.ResponseWriter, req *http.Request) {
	parts := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	var answer runtime.Object
	switch {
	case len(parts) == 1 && parts[0] == "api":
		answer = &metav1.APIVersions{Versions: []string{"v1"}}
	case len(parts) == 1:
		answer = groupList()
	case len(parts) == 2 && parts[0] == "api":
		answer = resourceList(schema.GroupVersion{Version: parts[1]})
	case len(parts) == 3:
		answer = resourceList(schema.GroupVersion{Group: parts[1], Version: parts[2]})
	}
	if answer == nil {
		fail(w, req, errors.NewGenericServerResponse(http.StatusNotFound, "get", schema.GroupResource{}, "", "", 0, true))
		return
	}
	responsewriters.WriteObjectNegotiated(codecs, negotiation.DefaultEndpointRestrictions, unversioned, w, req, http.StatusOK, answer, false)
}

func groupList() *metav1.APIGroupList {
	versions := map[string][]string{}
	for resource := range builtinKinds {
		if resource.Group != "" && !slices.Contains(versions[resource.Group], resource.Version) {
			versions[resource.Group] = append(versions[resource.Group], resource.Version)
		}
	}
	list := &metav1.APIGroupList{}
	for name, known := range versions {
		slices.Sort(known)
		group := metav1.APIGroup{Name: name}
		for _, version := range known {
			group.Versions = append(group.Versions, metav1.GroupVersionForDiscovery{GroupVersion: name + "/" + version, Version: version})
		}
		group.PreferredVersion = group.Versions[0]
		list.Groups = append(list.Groups, group)
	}
	slices.SortFunc(list.Groups, func(a, b metav1.APIGroup) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func resourceList(version schema.GroupVersion) runtime.Object {
	list := &metav1.APIResourceList{GroupVersion: version.String()}
	for resource, kind := range builtinKinds {
		if resource.GroupVersion() == version {
			list.APIResources = append(list.APIResources, metav1.APIResource{
				Name: resource.Resource, SingularName: strings.ToLower(kind.Kind), Kind: kind.Kind,
				Namespaced: !slices.Contains(ofTheCluster, resource.Resource), Verbs: everyVerb,
				ShortNames: shortNames[resource.Resource],
			})
		}
	}
	if len(list.APIResources) == 0 {
		return nil
	}
	slices.SortFunc(list.APIResources, func(a, b metav1.APIResource) int { return strings.Compare(a.Name, b.Name) })
	return list
}
