package main

import (
	"io"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apiserver/pkg/endpoints/handlers"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
)

type scopeKey struct {
	resource    schema.GroupVersionResource
	subresource string
}

// scope makes what the handlers need to know of a resource, once for each.
func (r *resources) scope(info *request.RequestInfo) (*handlers.RequestScope, error) {
	resource := schema.GroupVersionResource{Group: info.APIGroup, Version: info.APIVersion, Resource: info.Resource}
	key := scopeKey{resource, info.Subresource}
	r.lock.Lock()
	defer r.lock.Unlock()
	if known, ok := r.scopes[key]; ok {
		return known, nil
	}
	kind := kindOf(resource, info.Subresource)
	made := &handlers.RequestScope{
		Namer:                    handlers.ContextBasedNaming{Namer: meta.NewAccessor()},
		Serializer:               looseSerializer{},
		ParameterCodec:           runtime.NewParameterCodec(scheme),
		Creater:                  looseCreater{},
		Convertor:                looseConvertor{},
		Defaulter:                scheme,
		Typer:                    looseTyper{},
		UnsafeConvertor:          looseConvertor{},
		Authorizer:               r.authorizer,
		EquivalentResourceMapper: runtime.NewEquivalentResourceRegistry(),
		TableConvertor:           rest.NewDefaultTableConvertor(resource.GroupResource()),
		Resource:                 resource,
		Kind:                     kind,
		Subresource:              info.Subresource,
		MetaGroupVersion:         metav1.SchemeGroupVersion,
		HubGroupVersion:          kind.GroupVersion(),
		MaxRequestBodyBytes:      r.maxBody,
	}
	var err error
	made.FieldManager, err = managedfields.NewDefaultCRDFieldManager(managedfields.NewDeducedTypeConverter(),
		made.Convertor, made.Defaulter, made.Creater, made.Kind, made.HubGroupVersion, made.Subresource, nil)
	if err != nil {
		return nil, err
	}
	r.scopes[key] = made
	return made, nil
}

// looseCreater makes an object without schema for every kind.
type looseCreater struct{}

func (looseCreater) New(kind schema.GroupVersionKind) (runtime.Object, error) {
	made := &unstructured.Unstructured{}
	made.SetGroupVersionKind(kind)
	return made, nil
}

// looseTyper reads the kind from the object itself where it has no schema.
type looseTyper struct{}

func (looseTyper) ObjectKinds(object runtime.Object) ([]schema.GroupVersionKind, bool, error) {
	if _, ok := object.(runtime.Unstructured); !ok {
		return scheme.ObjectKinds(object)
	}
	kind := object.GetObjectKind().GroupVersionKind()
	if kind.Kind == "" {
		return nil, false, runtime.NewMissingKindErr("object has no kind field")
	}
	if kind.Version == "" {
		return nil, false, runtime.NewMissingVersionErr("object has no apiVersion field")
	}
	return []schema.GroupVersionKind{kind}, false, nil
}

func (looseTyper) Recognizes(kind schema.GroupVersionKind) bool { return scheme.Recognizes(kind) }

// looseConvertor leaves objects as they are: each is held in the version in which it came.
type looseConvertor struct{}

func (looseConvertor) Convert(in, out, context interface{}) error {
	return scheme.Convert(in, out, context)
}

func (looseConvertor) ConvertToVersion(in runtime.Object, _ runtime.GroupVersioner) (runtime.Object, error) {
	return in, nil
}

func (looseConvertor) ConvertFieldLabel(_ schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}

// looseSerializer writes objects without schema as they are, and those of the API machinery by their schema.
type looseSerializer struct{}

func (looseSerializer) SupportedMediaTypes() []runtime.SerializerInfo {
	typer, creater := looseTyper{}, looseCreater{}
	plain := json.NewSerializerWithOptions(json.DefaultMetaFactory, creater, typer, json.SerializerOptions{})
	yaml := json.NewSerializerWithOptions(json.DefaultMetaFactory, creater, typer, json.SerializerOptions{Yaml: true})
	return []runtime.SerializerInfo{
		{
			MediaType: runtime.ContentTypeJSON, MediaTypeType: "application", MediaTypeSubType: "json",
			EncodesAsText: true, Serializer: plain,
			PrettySerializer: json.NewSerializerWithOptions(json.DefaultMetaFactory, creater, typer, json.SerializerOptions{Pretty: true}),
			StrictSerializer: json.NewSerializerWithOptions(json.DefaultMetaFactory, creater, typer, json.SerializerOptions{Strict: true}),
			StreamSerializer: &runtime.StreamSerializerInfo{EncodesAsText: true, Serializer: plain, Framer: json.Framer},
		},
		{
			MediaType: runtime.ContentTypeYAML, MediaTypeType: "application", MediaTypeSubType: "yaml",
			EncodesAsText: true, Serializer: yaml,
			StrictSerializer: json.NewSerializerWithOptions(json.DefaultMetaFactory, creater, typer, json.SerializerOptions{Yaml: true, Strict: true}),
		},
	}
}

func (looseSerializer) EncoderForVersion(encoder runtime.Encoder, version runtime.GroupVersioner) runtime.Encoder {
	return looseEncoder{encoder, codecs.EncoderForVersion(encoder, version)}
}

func (looseSerializer) DecoderToVersion(decoder runtime.Decoder, _ runtime.GroupVersioner) runtime.Decoder {
	return decoder
}

type looseEncoder struct{ plain, schemed runtime.Encoder }

func (e looseEncoder) Encode(object runtime.Object, w io.Writer) error {
	if _, ok := object.(runtime.Unstructured); ok {
		return e.plain.Encode(object, w)
	}
	return e.schemed.Encode(object, w)
}

func (e looseEncoder) Identifier() runtime.Identifier { return e.schemed.Identifier() }
