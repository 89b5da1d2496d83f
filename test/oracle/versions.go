package main

import "runtime/debug"

// versions names the modules of Kubernetes, and those that decide how a text is read, that this program was built with.
func versions() map[string]string {
	found := map[string]string{}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return found
	}
	found["go"] = info.GoVersion
	for _, module := range info.Deps {
		switch module.Path {
		case "k8s.io/apiserver", "k8s.io/apimachinery", "sigs.k8s.io/yaml", "sigs.k8s.io/json", "gopkg.in/yaml.v2",
			"go.yaml.in/yaml/v2", "github.com/spf13/pflag":
			found[module.Path] = module.Version
		}
	}
	return found
}
