package main

import (
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/api/resource"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	cliflag "k8s.io/component-base/cli/flag"
)

// newValue makes a value that takes what a flag of this type takes, and refuses what it refuses, in the same words.
func newValue(kind, initial string) pflag.Value {
	switch kind {
	case "mapStringBool":
		return cliflag.NewMapStringBool(new(map[string]bool))
	case "mapStringString":
		return cliflag.NewMapStringString(new(map[string]string))
	case "colonSeparatedMultimapStringString":
		return cliflag.NewColonSeparatedMultimapStringString(new(map[string][]string))
	case "portRange":
		return new(utilnet.PortRange)
	case "quantity":
		return new(resource.QuantityValue)
	case "namedCertKey":
		return cliflag.NewNamedCertKeyArray(new([]cliflag.NamedCertKey))
	}
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	switch kind {
	case "bool":
		fs.Bool("x", false, "")
	case "int":
		fs.Int("x", 0, "")
	case "int32":
		fs.Int32("x", 0, "")
	case "int64":
		fs.Int64("x", 0, "")
	case "uint":
		fs.Uint("x", 0, "")
	case "uint32":
		fs.Uint32("x", 0, "")
	case "float32":
		fs.Float32("x", 0, "")
	case "float64":
		fs.Float64("x", 0, "")
	case "duration":
		fs.Duration("x", 0, "")
	case "ip":
		fs.IP("x", nil, "")
	case "stringSlice":
		fs.StringSlice("x", nil, "")
	case "stringArray":
		fs.StringArray("x", nil, "")
	case "stringToString":
		fs.StringToString("x", nil, "")
	case "string":
		fs.String("x", initial, "")
	default:
		panic("no value for flags of type " + kind)
	}
	return fs.Lookup("x").Value
}
