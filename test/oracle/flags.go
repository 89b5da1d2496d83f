package main

import (
	"github.com/spf13/pflag"
	"k8s.io/apiserver/pkg/server/options"
	cliflag "k8s.io/component-base/cli/flag"
)

// flagVerdict is what kube-apiserver makes of its audit flags: the phase that refuses them, and what it says.
type flagVerdict struct {
	Phase    string   `json:"phase"`
	Messages []string `json:"messages,omitempty"`
}

func auditFlags() (*options.AuditOptions, *pflag.FlagSet) {
	chosen := options.NewAuditOptions()
	flags := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	flags.SetOutput(nowhere{})
	flags.Usage = func() {}
	flags.SetNormalizeFunc(cliflag.WordSepNormalizeFunc)
	chosen.AddFlags(flags)
	return chosen, flags
}

// flagDefaults names every audit flag with its default.
func flagDefaults() map[string]string {
	found := map[string]string{}
	_, flags := auditFlags()
	flags.VisitAll(func(flag *pflag.Flag) { found[flag.Name] = flag.DefValue })
	return found
}

func judgeFlags(args []string) flagVerdict {
	chosen, flags := auditFlags()
	if err := flags.Parse(args); err != nil {
		return flagVerdict{Phase: "parse", Messages: []string{err.Error()}}
	}
	// cmd/kube-apiserver/app/server.go, NewAPIServerCommand: no arguments
	for _, word := range flags.Args() {
		if len(word) > 0 {
			return flagVerdict{Phase: "words", Messages: flags.Args()}
		}
	}
	if faults := chosen.Validate(); len(faults) > 0 {
		result := flagVerdict{Phase: "validation"}
		for _, fault := range faults {
			result.Messages = append(result.Messages, fault.Error())
		}
		return result
	}
	return flagVerdict{Phase: "accepted"}
}

type nowhere struct{}

func (nowhere) Write(bytes []byte) (int, error) { return len(bytes), nil }
