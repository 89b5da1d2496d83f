package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
)

// asJSON turns a body in protobuf, as kubectl sends for built-in kinds, into JSON: objects without schema have no other form.
func asJSON(req *http.Request, limit int64) error {
	if !strings.HasPrefix(req.Header.Get("Content-Type"), runtime.ContentTypeProtobuf) {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(req.Body, limit))
	if err != nil {
		return err
	}
	object, kind, err := clientscheme.Codecs.UniversalDeserializer().Decode(body, nil, nil)
	if err != nil {
		return errors.NewBadRequest(err.Error())
	}
	object.GetObjectKind().SetGroupVersionKind(*kind)
	text, err := json.Marshal(object)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", runtime.ContentTypeJSON)
	req.Body = io.NopCloser(bytes.NewReader(text))
	req.ContentLength = int64(len(text))
	return nil
}
