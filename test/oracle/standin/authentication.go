package main

import (
	"context"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/apis/apiserver/install"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/group"
	"k8s.io/apiserver/pkg/authentication/request/anonymous"
	"k8s.io/apiserver/pkg/authentication/request/bearertoken"
	"k8s.io/apiserver/pkg/authentication/request/headerrequest"
	"k8s.io/apiserver/pkg/authentication/request/union"
	"k8s.io/apiserver/pkg/authentication/request/websocket"
	"k8s.io/apiserver/pkg/authentication/request/x509"
	"k8s.io/apiserver/pkg/authentication/token/tokenfile"
	"k8s.io/apiserver/pkg/server"
)

// applyAuthentication follows pkg/kubeapiserver/options/authentication.go, ApplyTo, and pkg/kubeapiserver/authenticator,
// without those authenticators that need storage or another server: tokens are known from --token-auth-file only.
func (o *options) applyAuthentication(config *server.Config) error {
	clientCA, err := o.clientCert.GetClientCAContentProvider()
	if err != nil {
		return err
	}
	conditions, err := o.anonymousConditions()
	if err != nil {
		return err
	}
	proxy, err := o.requestHeader.ToAuthenticationRequestHeaderConfig()
	if err != nil {
		return fmt.Errorf("failed to create request header config: %v", err)
	}
	info := &config.Authentication
	var authenticators []authenticator.Request
	if proxy != nil {
		if err := info.ApplyClientCert(proxy.CAContentProvider, config.SecureServing); err != nil {
			return fmt.Errorf("unable to load client CA file: %v", err)
		}
		info.RequestHeaderConfig = proxy
		authenticators = append(authenticators, headerrequest.NewDynamicVerifyOptionsSecure(
			proxy.CAContentProvider.VerifyOptions, proxy.AllowedClientNames, proxy.UsernameHeaders,
			proxy.UIDHeaders, proxy.GroupHeaders, proxy.ExtraHeaderPrefixes))
	}
	if clientCA != nil {
		if err := info.ApplyClientCert(clientCA, config.SecureServing); err != nil {
			return fmt.Errorf("unable to load client CA file: %v", err)
		}
		authenticators = append(authenticators, x509.NewDynamic(clientCA.VerifyOptions, x509.CommonNameUserConversion))
	}
	tokens, err := o.tokens()
	if err != nil {
		return err
	}
	authenticators = append(authenticators, bearertoken.New(tokens), websocket.NewProtocolAuthenticator(tokens))
	info.Authenticator = group.NewAuthenticatedGroupAdder(union.New(authenticators...))
	if o.anonymous {
		info.Authenticator = union.NewFailOnError(info.Authenticator, anonymous.NewAuthenticator(conditions))
	}
	return nil
}

func (o *options) tokens() (authenticator.Token, error) {
	if o.tokenFile != "" {
		return tokenfile.NewCSV(o.tokenFile)
	}
	return authenticator.TokenFunc(func(context.Context, string) (*authenticator.Response, bool, error) {
		return nil, false, nil
	}), nil
}

// anonymousConditions takes from --authentication-config what is said of anonymous requests; the rest is not acted upon.
func (o *options) anonymousConditions() ([]apiserver.AnonymousAuthCondition, error) {
	if o.authenticationFile == "" {
		return nil, nil
	}
	configuration, err := readAuthentication(o.authenticationFile)
	if err != nil {
		return nil, fmt.Errorf("failed to load authentication configuration from file %q: %w", o.authenticationFile, err)
	}
	if configuration.Anonymous == nil {
		return nil, nil
	}
	o.anonymous = configuration.Anonymous.Enabled
	return configuration.Anonymous.Conditions, nil
}

func readAuthentication(path string) (*apiserver.AuthenticationConfiguration, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, fmt.Errorf("empty config data")
	}
	scheme := runtime.NewScheme()
	install.Install(scheme)
	decoded, err := runtime.Decode(serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDecoder(), data)
	if err != nil {
		return nil, err
	}
	configuration, ok := decoded.(*apiserver.AuthenticationConfiguration)
	if !ok {
		return nil, fmt.Errorf("expected AuthenticationConfiguration, got %T", decoded)
	}
	return configuration, nil
}
