// A stand-in for kube-apiserver: the same command line, audit code, handler chain and serving code, without etcd.
package main

import (
	"os"

	"k8s.io/component-base/cli"
)

func main() {
	// hyperkube's images named the server in the first argument
	if len(os.Args) > 1 && (os.Args[1] == "kube-apiserver" || os.Args[1] == "apiserver") {
		os.Args = append(os.Args[:1], os.Args[2:]...)
	}
	os.Exit(cli.Run(newCommand()))
}
