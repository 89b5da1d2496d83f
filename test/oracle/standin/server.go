package main

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/filters"
)

var (
	unversioned = schema.GroupVersion{Version: "v1"}
	scheme      = newScheme()
	codecs      = serializer.NewCodecFactory(scheme)
	// pkg/controlplane/apiserver/config.go, BuildGenericConfig; the generic default knows watch only
	longVerbs        = []string{"watch", "proxy"}
	longSubresources = []string{"attach", "exec", "proxy", "log", "portforward"}
)

func newScheme() *runtime.Scheme {
	known := runtime.NewScheme()
	metav1.AddToGroupVersion(known, unversioned)
	known.AddUnversionedTypes(unversioned,
		&metav1.Status{}, &metav1.APIVersions{}, &metav1.APIGroupList{}, &metav1.APIGroup{}, &metav1.APIResourceList{})
	return known
}

// newConfig applies the options in the order of BuildGenericConfig, so that the same mistake is the first to be told.
func newConfig(_ context.Context, o *options) (*server.Config, error) {
	config := server.NewConfig(codecs)
	if err := o.generic.ApplyTo(config); err != nil {
		return nil, err
	}
	if err := o.serving.ApplyToConfig(config); err != nil {
		return nil, err
	}
	config.EnableProfiling = o.profiling
	config.EnableDiscovery = false
	config.EnableIndex = false
	config.LongRunningFunc = filters.BasicLongRunningRequestCheck(
		sets.NewString(longVerbs...), sets.NewString(longSubresources...))
	if err := o.applyAuthentication(config); err != nil {
		return nil, err
	}
	config.Authorization.Authorizer = o.authorizer()
	if err := o.audit.ApplyTo(config); err != nil {
		return nil, err
	}
	return config, nil
}

// newServer makes the server with the generic handler chain, and puts the fake resources behind it.
func newServer(config *server.Config) (*server.GenericAPIServer, error) {
	instance, err := config.Complete(nil).New("kube-apiserver", server.NewEmptyDelegate())
	if err != nil {
		return nil, err
	}
	resources := newResources(instance.Authorizer, config.MaxRequestBodyBytes)
	mux := instance.Handler.NonGoRestfulMux
	for _, root := range []string{"/api", "/apis"} {
		mux.Handle(root, resources)
		mux.HandlePrefix(root+"/", resources)
	}
	return instance, nil
}
