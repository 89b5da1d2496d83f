// Program generate writes what kube-apiserver knows into the directory above: flags.tsv (name, shorthand, type, value of
// the bare flag, default, deprecation) and gates.tsv (feature gate, default, whether it is locked, stage), a line for each.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/cli/flag"
	"k8s.io/component-base/cli/globalflag"
	"k8s.io/component-base/logs"
	logsapi "k8s.io/component-base/logs/api/v1"
	"k8s.io/component-base/version/verflag"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

func main() {
	if err := logsapi.AddFeatureGates(utilfeature.DefaultMutableFeatureGate); err != nil {
		panic(err)
	}
	write("flags.tsv", flagLines())
	write("gates.tsv", gateLines())
}

// flagLines makes the same calls as cmd/kube-apiserver/app/server.go, NewAPIServerCommand, and component-base/cli/run.go.
func flagLines() []string {
	sections := options.NewServerRunOptions().Flags()
	verflag.AddFlags(sections.FlagSet("global"))
	globalflag.AddGlobalFlags(sections.FlagSet("global"), "kube-apiserver", logs.SkipLoggingConfigurationFlags())
	all := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	all.SetNormalizeFunc(flag.WordSepNormalizeFunc)
	for _, section := range sections.FlagSets {
		all.AddFlagSet(section)
	}
	logs.AddFlags(all)
	var lines []string
	all.VisitAll(func(each *pflag.Flag) {
		columns := []string{each.Name, each.Shorthand, each.Value.Type(), each.NoOptDefVal, each.DefValue, each.Deprecated}
		lines = append(lines, strings.ReplaceAll(strings.Join(columns, "\t"), "\n", " "))
	})
	return lines
}

func gateLines() []string {
	var lines []string
	for name, spec := range utilfeature.DefaultMutableFeatureGate.GetAll() {
		lines = append(lines, fmt.Sprintf("%s\t%t\t%t\t%s", name, spec.Default, spec.LockToDefault, spec.PreRelease))
	}
	slices.Sort(lines)
	return lines
}

func write(name string, lines []string) {
	path := filepath.Join("..", name)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		panic(err)
	}
}
