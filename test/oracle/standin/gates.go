package main

import (
	_ "embed"
	"strings"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
)

// knownGates is written by the program in generate/.
//
//go:embed gates.tsv
var knownGates string

var stages = map[string]featuregate.FeatureSpec{
	"":           {PreRelease: featuregate.GA},
	"ALPHA":      {PreRelease: featuregate.Alpha},
	"BETA":       {PreRelease: featuregate.Beta},
	"DEPRECATED": {PreRelease: featuregate.Deprecated},
}

// addKnownGates adds each feature gate of kube-apiserver that its own packages define, so that --feature-gates may name it.
func addKnownGates() {
	present := utilfeature.DefaultMutableFeatureGate.GetAll()
	added := map[featuregate.Feature]featuregate.FeatureSpec{}
	for _, line := range strings.Split(strings.TrimRight(knownGates, "\n"), "\n") {
		column := strings.Split(line, "\t")
		name := featuregate.Feature(column[0])
		if _, ok := present[name]; ok {
			continue
		}
		spec := stages[column[3]]
		spec.Default = column[1] == "true"
		spec.LockToDefault = column[2] == "true"
		added[name] = spec
	}
	utilruntime.Must(utilfeature.DefaultMutableFeatureGate.Add(added))
}
