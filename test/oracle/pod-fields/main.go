// Writes every type that v1.Pod is made of, one a line: its name, then its fields. A field is `name`, `!` where it is
// always written, and what it holds behind a colon: nothing for a string, the sign of another leaf, or a type; `[` before it
// stands for a list, `{` for a map. With the word decode it reads pods instead, in JSON, one a line, and writes for each the
// fields that the decoder does not know and the error with which it gives up.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	kjson "sigs.k8s.io/json"
)

// types with a reader of their own
var leaves = map[reflect.Type]string{
	reflect.TypeFor[resource.Quantity]():  "quantity",
	reflect.TypeFor[intstr.IntOrString](): "port",
	reflect.TypeFor[metav1.Time]():        "time",
	reflect.TypeFor[metav1.FieldsV1]():    "anything",
	reflect.TypeFor[v1.PodStatus]():       "object",
}

var reader = reflect.TypeFor[json.Unmarshaler]()

var (
	order []reflect.Type
	lines = map[reflect.Type]string{}
	names = map[string]reflect.Type{}
)

func kindOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		return kindOf(t.Elem())
	}
	if leaf, ok := leaves[t]; ok {
		return leaf
	}
	if reflect.PointerTo(t).Implements(reader) {
		panic(fmt.Sprintf("%v reads itself: say as what", t))
	}
	switch t.Kind() {
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[" + kindOf(t.Elem())
	case reflect.Map:
		return "{" + kindOf(t.Elem())
	case reflect.String:
		return ""
	case reflect.Bool:
		return "bool"
	case reflect.Int32, reflect.Int64:
		return t.Kind().String()
	case reflect.Struct:
		add(t)
		return t.Name()
	}
	panic(fmt.Sprintf("no word for %v", t))
}

func fieldsOf(t reflect.Type) []string {
	var fields []string
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && name == "" {
			fields = append(fields, fieldsOf(field.Type)...)
			continue
		}
		if name == "" || name == "-" {
			panic(fmt.Sprintf("%v.%s has no name", t, field.Name))
		}
		if !strings.Contains(options, "omit") {
			name += "!"
		}
		if kind := kindOf(field.Type); kind != "" {
			name += ":" + kind
		}
		fields = append(fields, name)
	}
	return fields
}

func add(t reflect.Type) {
	if _, known := lines[t]; known {
		return
	}
	if other, taken := names[t.Name()]; taken {
		panic(fmt.Sprintf("%v and %v have one name", t, other))
	}
	names[t.Name()] = t
	lines[t] = ""
	order = append(order, t)
	lines[t] = t.Name() + " " + strings.Join(fieldsOf(t), ",")
}

type verdict struct {
	Unknown []string `json:"unknown"`
	Error   string   `json:"error,omitempty"`
}

func decode(data []byte) verdict {
	out := verdict{Unknown: []string{}}
	strict, err := kjson.UnmarshalStrict(data, &v1.Pod{})
	for _, each := range strict {
		field, ok := each.(kjson.FieldError)
		if !ok || !strings.HasPrefix(each.Error(), "unknown field") {
			panic(each)
		}
		out.Unknown = append(out.Unknown, field.FieldPath())
	}
	if err != nil {
		out.Error = err.Error()
	}
	return out
}

func answer() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := out.Encode(decode(lines.Bytes())); err != nil {
			panic(err)
		}
	}
	if err := lines.Err(); err != nil {
		panic(err)
	}
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "decode" {
		answer()
		return
	}
	add(reflect.TypeFor[v1.Pod]())
	for _, t := range order {
		fmt.Println(lines[t])
	}
}
