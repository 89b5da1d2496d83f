package main

import (
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
)

// watcher passes on the changes of one resource; one that does not keep up is ended, as the real cache does.
type watcher struct {
	store    *store
	resource schema.GroupResource
	keep     func(*unstructured.Unstructured) bool
	events   chan watch.Event
	once     sync.Once
}

func (w *watcher) ResultChan() <-chan watch.Event { return w.events }

func (w *watcher) Stop() {
	w.store.lock.Lock()
	defer w.store.lock.Unlock()
	w.end()
}

// end is called with the store locked.
func (w *watcher) end() {
	w.once.Do(func() {
		delete(w.store.watchers, w)
		close(w.events)
	})
}

// watch begins with what is there where the client asks for it, and goes on with every change.
func (s *store) watch(resource schema.GroupResource, keep func(*unstructured.Unstructured) bool, withPresent bool) watch.Interface {
	s.lock.Lock()
	defer s.lock.Unlock()
	present := []unstructured.Unstructured{}
	if withPresent {
		present = s.listed(resource, keep)
	}
	made := &watcher{store: s, resource: resource, keep: keep, events: make(chan watch.Event, len(present)+100)}
	for i := range present {
		made.events <- watch.Event{Type: watch.Added, Object: &present[i]}
	}
	s.watchers[made] = true
	return made
}

// tell is called with the store locked.
func (s *store) tell(resource schema.GroupResource, event watch.Event) {
	for each := range s.watchers {
		object := event.Object.(*unstructured.Unstructured)
		if each.resource != resource || !each.keep(object) {
			continue
		}
		select {
		case each.events <- event:
		default:
			each.end()
		}
	}
}
