package main

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	stderrors "errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/apiserver/pkg/endpoints/handlers"
	"k8s.io/apiserver/pkg/registry/rest"
)

const (
	holdFor    = 10 * time.Minute
	acceptSalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" // RFC 6455, section 1.3
)

var errChanged = stderrors.New("the object has been modified; please apply your changes to the latest version and try again")

func generatedSuffix() string { return rand.String(5) }

// echo answers a create on a part of an object with what was sent.
type echo struct{ scope *handlers.RequestScope }

func (e echo) New() runtime.Object {
	made, _ := looseCreater{}.New(e.scope.Kind)
	return made
}

func (e echo) Create(_ context.Context, name string, object runtime.Object, _ rest.ValidateObjectFunc, _ *metav1.CreateOptions) (runtime.Object, error) {
	answer := object.(*unstructured.Unstructured)
	switch e.scope.Kind.Kind {
	case "TokenRequest":
		answer.Object["status"] = map[string]any{"token": "token-of-" + name}
	case "TokenReview":
		answer.Object["status"] = map[string]any{"authenticated": false}
	}
	return answer, nil
}

// unnamedEcho is the same on a collection.
type unnamedEcho struct{ scope *handlers.RequestScope }

func (e unnamedEcho) New() runtime.Object { return echo(e).New() }

func (e unnamedEcho) Create(ctx context.Context, object runtime.Object, validate rest.ValidateObjectFunc, options *metav1.CreateOptions) (runtime.Object, error) {
	return echo(e).Create(ctx, "", object, validate, options)
}

// podLog answers with a line of text, as pods/log does: by a stream; with ?follow=true it goes on until the client leaves.
type podLog struct{ follow bool }

func (l podLog) Get(context.Context, string, *metav1.GetOptions) (runtime.Object, error) {
	return l, nil
}

func (l podLog) GetObjectKind() schema.ObjectKind { return schema.EmptyObjectKind }

func (l podLog) DeepCopyObject() runtime.Object { return l }

func (l podLog) InputStream(ctx context.Context, _, _ string) (io.ReadCloser, bool, string, error) {
	line := strings.NewReader("a line of the stand-in\n")
	if !l.follow {
		return io.NopCloser(line), true, "text/plain", nil
	}
	return io.NopCloser(io.MultiReader(line, untilDone{ctx})), true, "text/plain", nil
}

type untilDone struct{ ctx context.Context }

func (u untilDone) Read([]byte) (int, error) {
	select {
	case <-u.ctx.Done():
	case <-time.After(holdFor):
	}
	return 0, io.EOF
}

// connecter answers what goes into a pod: it switches protocols where it is asked to, and then waits for the other end.
type connecter struct{ subresource string }

func (c connecter) NewConnectOptions() (runtime.Object, bool, string) { return nil, false, "" }

func (c connecter) ConnectMethods() []string { return []string{"GET", "POST"} }

func (c connecter) Connect(_ context.Context, _ string, _ runtime.Object, responder rest.Responder) (http.Handler, error) {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch {
		case c.subresource == "proxy":
			fmt.Fprintln(w, "the stand-in, where a pod would answer")
		case req.Header.Get("Upgrade") == "":
			responder.Error(errors.NewBadRequest("Upgrade request required"))
		default:
			if err := switchProtocols(w, req); err != nil {
				responder.Error(errors.NewInternalError(err))
			}
		}
	}), nil
}

func switchProtocols(w http.ResponseWriter, req *http.Request) error {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return fmt.Errorf("this connection cannot be taken over")
	}
	connection, buffer, err := hijacker.Hijack()
	if err != nil {
		return err
	}
	defer connection.Close()
	head := []string{"HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: " + req.Header.Get("Upgrade")}
	if key := req.Header.Get("Sec-Websocket-Key"); key != "" {
		sum := sha1.Sum([]byte(key + acceptSalt))
		head = append(head, "Sec-WebSocket-Accept: "+base64.StdEncoding.EncodeToString(sum[:]))
	}
	if protocols := req.Header.Values("Sec-Websocket-Protocol"); len(protocols) > 0 {
		first, _, _ := strings.Cut(protocols[0], ",")
		head = append(head, "Sec-WebSocket-Protocol: "+strings.TrimSpace(first))
	}
	if versions := req.Header.Values("X-Stream-Protocol-Version"); len(versions) > 0 {
		head = append(head, "X-Stream-Protocol-Version: "+versions[0])
	}
	if _, err := io.WriteString(connection, strings.Join(head, "\r\n")+"\r\n\r\n"); err != nil {
		return nil
	}
	_ = connection.SetDeadline(time.Now().Add(holdFor))
	_, _ = io.Copy(io.Discard, bufio.NewReader(buffer))
	return nil
}
