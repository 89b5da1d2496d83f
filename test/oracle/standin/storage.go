package main

import (
	"context"

	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/endpoints/handlers"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
)

// storageFor is the store as the handlers want it, for one resource.
type storageFor struct {
	store *store
	scope *handlers.RequestScope
}

var _ interface {
	rest.Getter
	rest.Lister
	rest.CreaterUpdater
	rest.GracefulDeleter
	rest.CollectionDeleter
	rest.Watcher
} = storageFor{}

func (s storageFor) New() runtime.Object {
	made, _ := looseCreater{}.New(s.scope.Kind)
	return made
}

func (s storageFor) NewList() runtime.Object {
	made := &unstructured.UnstructuredList{}
	made.SetGroupVersionKind(s.scope.Kind.GroupVersion().WithKind(s.scope.Kind.Kind + "List"))
	return made
}

func (s storageFor) ConvertToTable(ctx context.Context, object, options runtime.Object) (*metav1.Table, error) {
	return s.scope.TableConvertor.ConvertToTable(ctx, object, options)
}

func (s storageFor) key(ctx context.Context, name string) objectKey {
	namespace := request.NamespaceValue(ctx)
	if s.scope.Resource.Group == "" && s.scope.Resource.Resource == "namespaces" {
		namespace = name
	}
	return objectKey{s.scope.Resource.GroupResource(), namespace, name}
}

func (s storageFor) missing(name string) error {
	return errors.NewNotFound(s.scope.Resource.GroupResource(), name)
}

func (s storageFor) Get(ctx context.Context, name string, _ *metav1.GetOptions) (runtime.Object, error) {
	if found := s.store.get(s.key(ctx, name)); found != nil {
		return found, nil
	}
	return nil, s.missing(name)
}

func (s storageFor) List(ctx context.Context, options *internalversion.ListOptions) (runtime.Object, error) {
	items, revision := s.store.list(s.scope.Resource.GroupResource(), s.keep(ctx, options))
	list := s.NewList().(*unstructured.UnstructuredList)
	list.Items = items
	list.SetResourceVersion(revision)
	return list, nil
}

func (s storageFor) Watch(ctx context.Context, options *internalversion.ListOptions) (watch.Interface, error) {
	isFromNow := options != nil && options.ResourceVersion != "" && options.ResourceVersion != "0"
	return s.store.watch(s.scope.Resource.GroupResource(), s.keep(ctx, options), !isFromNow), nil
}

// keep says which objects a selection means: those of the namespace, with the labels, and with the name.
func (s storageFor) keep(ctx context.Context, options *internalversion.ListOptions) func(*unstructured.Unstructured) bool {
	namespace := request.NamespaceValue(ctx)
	byLabel, byField := labels.Everything(), fields.Everything()
	if options != nil && options.LabelSelector != nil {
		byLabel = options.LabelSelector
	}
	if options != nil && options.FieldSelector != nil {
		byField = options.FieldSelector
	}
	name, isNamed := byField.RequiresExactMatch("metadata.name")
	return func(object *unstructured.Unstructured) bool {
		return (namespace == "" || object.GetNamespace() == namespace) &&
			(!isNamed || object.GetName() == name) && byLabel.Matches(labels.Set(object.GetLabels()))
	}
}

func (s storageFor) Create(ctx context.Context, object runtime.Object, validate rest.ValidateObjectFunc, options *metav1.CreateOptions) (runtime.Object, error) {
	wanted := object.(*unstructured.Unstructured)
	if wanted.GetName() == "" && wanted.GetGenerateName() != "" {
		wanted.SetName(wanted.GetGenerateName() + generatedSuffix())
	}
	if wanted.GetName() == "" {
		return nil, errors.NewBadRequest("name or generateName is required")
	}
	if err := validate(ctx, wanted); err != nil {
		return nil, err
	}
	if len(options.DryRun) > 0 {
		return wanted, nil
	}
	if stored := s.store.put(s.key(ctx, wanted.GetName()), wanted, watch.Added); stored != nil {
		return stored, nil
	}
	return nil, errors.NewAlreadyExists(s.scope.Resource.GroupResource(), wanted.GetName())
}

func (s storageFor) Update(ctx context.Context, name string, info rest.UpdatedObjectInfo, _ rest.ValidateObjectFunc, validate rest.ValidateObjectUpdateFunc, _ bool, options *metav1.UpdateOptions) (runtime.Object, bool, error) {
	present := s.store.get(s.key(ctx, name))
	if present == nil {
		return nil, false, s.missing(name)
	}
	object, err := info.UpdatedObject(ctx, present)
	if err != nil {
		return nil, false, err
	}
	wanted := object.(*unstructured.Unstructured)
	if version := wanted.GetResourceVersion(); version != "" && version != present.GetResourceVersion() {
		return nil, false, errors.NewConflict(s.scope.Resource.GroupResource(), name, errChanged)
	}
	wanted.SetUID(present.GetUID())
	wanted.SetCreationTimestamp(present.GetCreationTimestamp())
	if err := validate(ctx, wanted, present); err != nil {
		return nil, false, err
	}
	if len(options.DryRun) > 0 {
		return wanted, false, nil
	}
	return s.store.put(s.key(ctx, name), wanted, watch.Modified), false, nil
}

func (s storageFor) Delete(ctx context.Context, name string, validate rest.ValidateObjectFunc, options *metav1.DeleteOptions) (runtime.Object, bool, error) {
	key := s.key(ctx, name)
	present := s.store.get(key)
	if present == nil {
		return nil, false, s.missing(name)
	}
	if err := validate(ctx, present); err != nil {
		return nil, false, err
	}
	if len(options.DryRun) == 0 {
		s.store.remove(key)
	}
	if s.scope.Resource.Resource != "pods" {
		// the handler answers with a Status, as for most of the real resources
		return nil, true, nil
	}
	return present, true, nil
}

func (s storageFor) DeleteCollection(ctx context.Context, validate rest.ValidateObjectFunc, options *metav1.DeleteOptions, selection *internalversion.ListOptions) (runtime.Object, error) {
	found, err := s.List(ctx, selection)
	if err != nil {
		return nil, err
	}
	for _, each := range found.(*unstructured.UnstructuredList).Items {
		ctx := request.WithNamespace(ctx, each.GetNamespace())
		if _, _, err := s.Delete(ctx, each.GetName(), validate, options); err != nil && !errors.IsNotFound(err) {
			return nil, err
		}
	}
	return found, nil
}
