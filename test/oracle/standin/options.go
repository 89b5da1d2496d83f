package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/util/sets"
	genericoptions "k8s.io/apiserver/pkg/server/options"
	"k8s.io/client-go/util/keyutil"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/component-base/cli/globalflag"
	"k8s.io/component-base/logs"
	logsapi "k8s.io/component-base/logs/api/v1"
	"k8s.io/component-base/version/verflag"
	"k8s.io/klog/v2"
	netutils "k8s.io/utils/net"
)

// options holds those groups of flags that act here; every other flag of kube-apiserver is only parsed.
type options struct {
	generic       *genericoptions.ServerRunOptions
	serving       *genericoptions.SecureServingOptionsWithLoopback
	audit         *genericoptions.AuditOptions
	clientCert    *genericoptions.ClientCertAuthenticationOptions
	requestHeader *genericoptions.RequestHeaderAuthenticationOptions
	logs          *logs.Options

	anonymous          bool
	tokenFile          string
	authenticationFile string
	modes              []string
	profiling          bool
	issuers            []string
	signingKeyFile     string
}

func newOptions() *options {
	// pkg/kubeapiserver/options/serving.go, NewSecureServingOptions
	serving := &genericoptions.SecureServingOptions{
		BindAddress: netutils.ParseIPSloppy("0.0.0.0"),
		BindPort:    6443,
		Required:    true,
		ServerCert: genericoptions.GeneratableKeyCert{
			PairName:      "apiserver",
			CertDirectory: "/var/run/kubernetes",
		},
	}
	return &options{
		generic:       genericoptions.NewServerRunOptions(),
		serving:       serving.WithLoopback(),
		audit:         genericoptions.NewAuditOptions(),
		clientCert:    &genericoptions.ClientCertAuthenticationOptions{},
		requestHeader: &genericoptions.RequestHeaderAuthenticationOptions{},
		logs:          logs.NewOptions(),
		anonymous:     true,
		profiling:     true,
	}
}

func (o *options) addFlags(fs *pflag.FlagSet) {
	sections := cliflag.NamedFlagSets{}
	o.generic.AddUniversalFlags(sections.FlagSet("generic"))
	o.serving.AddFlags(sections.FlagSet("secure serving"))
	o.audit.AddFlags(sections.FlagSet("auditing"))
	logsapi.AddFlags(o.logs, sections.FlagSet("logs"))
	o.addAuthentication(sections.FlagSet("authentication"))
	verflag.AddFlags(sections.FlagSet("global"))
	globalflag.AddGlobalFlags(sections.FlagSet("global"), "kube-apiserver", logs.SkipLoggingConfigurationFlags())
	for _, section := range sections.FlagSets {
		fs.AddFlagSet(section)
	}
	addKnownFlags(fs)
}

func (o *options) addAuthentication(fs *pflag.FlagSet) {
	o.clientCert.AddFlags(fs)
	o.requestHeader.AddFlags(fs)
	fs.BoolVar(&o.anonymous, "anonymous-auth", o.anonymous, "")
	fs.StringVar(&o.tokenFile, "token-auth-file", o.tokenFile, "")
	fs.StringVar(&o.authenticationFile, "authentication-config", o.authenticationFile, "")
	fs.StringSliceVar(&o.modes, "authorization-mode", o.modes, "")
	fs.BoolVar(&o.profiling, "profiling", o.profiling, "")
	fs.StringArrayVar(&o.issuers, "service-account-issuer", o.issuers, "")
	fs.StringVar(&o.signingKeyFile, "service-account-signing-key-file", o.signingKeyFile, "")
}

// complete follows pkg/controlplane/apiserver/options/options.go, Complete.
func (o *options) complete() error {
	if err := o.generic.Complete(); err != nil {
		return err
	}
	o.stayOnLoopback()
	if err := o.generic.DefaultAdvertiseAddress(o.serving.SecureServingOptions); err != nil {
		return err
	}
	names := []string{"kubernetes.default.svc", "kubernetes.default", "kubernetes"}
	if err := o.serving.MaybeDefaultWithSelfSignedCerts(o.generic.AdvertiseAddress.String(), names, nil); err != nil {
		return fmt.Errorf("error creating self-signed certificates: %v", err)
	}
	if o.generic.ExternalHost == "" {
		o.generic.ExternalHost = o.generic.AdvertiseAddress.String()
		klog.Infof("external host was not specified, using %v", o.generic.ExternalHost)
	}
	// pkg/kubeapiserver/options/authentication.go, ApplyAuthorization
	if o.anonymous && o.allowsAlways() {
		klog.Warningf("AnonymousAuth is not allowed with the AlwaysAllow authorizer. Resetting AnonymousAuth to false. You should use a different authorizer")
		o.anonymous = false
	}
	// the key is read, and nothing is signed with it
	if len(o.issuers) != 0 && o.issuers[0] != "" && o.signingKeyFile != "" {
		if _, err := keyutil.PrivateKeyFromFile(o.signingKeyFile); err != nil {
			return fmt.Errorf("failed to parse service-account-issuer-key-file: %w", err)
		}
	}
	return nil
}

// stayOnLoopback keeps the server off the network: where the real one listens on all addresses, this one takes
// loopback, unless STANDIN_ALL_ADDRESSES is set.
func (o *options) stayOnLoopback() {
	if o.serving.BindAddress.IsUnspecified() && os.Getenv("STANDIN_ALL_ADDRESSES") == "" {
		o.serving.BindAddress = netutils.ParseIPSloppy("127.0.0.1")
	}
}

// allowsAlways says whether the authorizer AlwaysAllow was asked for. The real server also takes it where no mode is given.
func (o *options) allowsAlways() bool {
	return sets.New(o.modes...).Has("AlwaysAllow")
}

// validate asks only those groups that act here, in the order of pkg/controlplane/apiserver/options/validation.go.
func (o *options) validate() []error {
	var errs []error
	errs = append(errs, o.generic.Validate()...)
	errs = append(errs, o.serving.Validate()...)
	errs = append(errs, o.requestHeader.Validate()...)
	errs = append(errs, o.audit.Validate()...)
	return errs
}
