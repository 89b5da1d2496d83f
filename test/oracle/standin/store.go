package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
)

type objectKey struct {
	resource  schema.GroupResource
	namespace string
	name      string
}

type change struct {
	resource schema.GroupResource
	event    watch.Event
}

// store holds objects in memory, in one sequence of changes.
type store struct {
	lock     sync.Mutex
	objects  map[objectKey]*unstructured.Unstructured
	revision int
	watchers map[*watcher]bool
}

func newStore() *store {
	made := &store{objects: map[objectKey]*unstructured.Unstructured{}, revision: 1, watchers: map[*watcher]bool{}}
	for _, name := range []string{"default", "kube-node-lease", "kube-public", "kube-system"} {
		made.seed("namespaces", name, map[string]any{
			"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name},
			"spec": map[string]any{"finalizers": []any{"kubernetes"}}, "status": map[string]any{"phase": "Active"},
		})
	}
	return made
}

func (s *store) seed(resource, namespace string, content map[string]any) {
	object := &unstructured.Unstructured{Object: content}
	s.put(objectKey{schema.GroupResource{Resource: resource}, namespace, object.GetName()}, object, watch.Added)
}

func (s *store) get(key objectKey) *unstructured.Unstructured {
	s.lock.Lock()
	defer s.lock.Unlock()
	if found, ok := s.objects[key]; ok {
		return found.DeepCopy()
	}
	return nil
}

// put stores a copy and gives it the marks of a stored object; nil where an object was to be added that is there.
func (s *store) put(key objectKey, object *unstructured.Unstructured, kind watch.EventType) *unstructured.Unstructured {
	s.lock.Lock()
	defer s.lock.Unlock()
	if _, exists := s.objects[key]; exists && kind == watch.Added {
		return nil
	}
	stored := object.DeepCopy()
	if stored.GetUID() == "" {
		stored.SetUID(types.UID(uuid.NewString()))
		stored.SetCreationTimestamp(metav1.NewTime(time.Now().Truncate(time.Second)))
	}
	s.mark(stored)
	s.objects[key] = stored
	s.tell(key.resource, watch.Event{Type: kind, Object: stored.DeepCopy()})
	return stored.DeepCopy()
}

func (s *store) remove(key objectKey) *unstructured.Unstructured {
	s.lock.Lock()
	defer s.lock.Unlock()
	found, ok := s.objects[key]
	if !ok {
		return nil
	}
	delete(s.objects, key)
	s.mark(found)
	s.tell(key.resource, watch.Event{Type: watch.Deleted, Object: found.DeepCopy()})
	return found
}

func (s *store) mark(object *unstructured.Unstructured) {
	s.revision++
	object.SetResourceVersion(strconv.Itoa(s.revision))
}

// list gives copies in the order of their names, and the revision at which they are true.
func (s *store) list(resource schema.GroupResource, keep func(*unstructured.Unstructured) bool) ([]unstructured.Unstructured, string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.listed(resource, keep), strconv.Itoa(s.revision)
}

func (s *store) listed(resource schema.GroupResource, keep func(*unstructured.Unstructured) bool) []unstructured.Unstructured {
	found := []unstructured.Unstructured{}
	for key, object := range s.objects {
		if key.resource == resource && keep(object) {
			found = append(found, *object.DeepCopy())
		}
	}
	slices.SortFunc(found, func(a, b unstructured.Unstructured) int {
		return cmp.Or(strings.Compare(a.GetNamespace(), b.GetNamespace()), strings.Compare(a.GetName(), b.GetName()))
	})
	return found
}
