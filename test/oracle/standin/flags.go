package main

import (
	_ "embed"
	"strings"

	"github.com/spf13/pflag"
	cliflag "k8s.io/component-base/cli/flag"
)

// knownFlags is written by the program in generate/.
//
//go:embed flags.tsv
var knownFlags string

// addKnownFlags adds each flag of kube-apiserver that is not there yet, so that it is parsed as kube-apiserver parses it.
func addKnownFlags(fs *pflag.FlagSet) {
	fs.SetNormalizeFunc(cliflag.WordSepNormalizeFunc)
	for _, line := range strings.Split(strings.TrimRight(knownFlags, "\n"), "\n") {
		column := strings.Split(line, "\t")
		name, shorthand, kind, bare, initial, deprecated := column[0], column[1], column[2], column[3], column[4], column[5]
		if fs.Lookup(name) != nil {
			continue
		}
		flag := fs.VarPF(newValue(kind, initial), name, shorthand, "")
		flag.NoOptDefVal = bare
		flag.DefValue = initial
		if deprecated != "" {
			flag.Deprecated = deprecated
		}
	}
}
