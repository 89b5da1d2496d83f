//go:build linux

// Enter becomes a container: it takes its own place in a new mount namespace, whose root holds the binary it is told of and
// the bind mounts of a pod, and executes that binary with its own arguments. It stays one process, so that whoever started it
// sees the server's pid, and the namespace ends with it.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"syscall"
)

// A container as the fake kubelet describes it, as JSON in the environment variable FAKE_CONTAINER.
type container struct {
	// The program, which the container finds as kube-apiserver in its PATH.
	Binary string `json:"binary"`
	// A directory that the new root is mounted over; nothing is written to it.
	Layer string `json:"layer"`
	Binds []struct {
		ContainerPath string `json:"containerPath"`
		Real          string `json:"real"`
		ReadOnly      bool   `json:"readOnly"`
	} `json:"binds"`
	ReadOnlyRoot bool `json:"readOnlyRoot"`
	RunAsUser    *int `json:"runAsUser"`
	RunAsGroup   *int `json:"runAsGroup"`
	Parent       int  `json:"parent"`
}

const (
	// Where the machine's files are until all is mounted.
	machine = "/.machine"
	program = "/usr/local/bin/kube-apiserver"
	// What the runtime gives up with when a container cannot be started.
	cannotStart = 128
	// prctl(2)
	setParentDeathSignal = 1
)

// A mount namespace belongs to a thread, and the first one must execute the program.
func init() { runtime.LockOSThread() }

func main() {
	var spec container
	must("FAKE_CONTAINER", json.Unmarshal([]byte(os.Getenv("FAKE_CONTAINER")), &spec))
	must("unset FAKE_CONTAINER", os.Unsetenv("FAKE_CONTAINER"))
	syscall.Umask(0)
	newRoot(spec.Layer)
	bind(spec.Binary, program, true)
	for _, path := range []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/proc"} {
		bind(path, path, false)
	}
	for _, path := range []string{"/etc/hosts", "/etc/resolv.conf"} {
		if isThere(machine + path) {
			bind(path, path, false)
		}
	}
	// as containerd does: what lies deeper is mounted later
	sort.SliceStable(spec.Binds, func(i, j int) bool {
		return strings.Count(spec.Binds[i].ContainerPath, "/") < strings.Count(spec.Binds[j].ContainerPath, "/")
	})
	for _, each := range spec.Binds {
		bind(each.Real, each.ContainerPath, each.ReadOnly)
	}
	must("leave the machine", syscall.Unmount(machine, syscall.MNT_DETACH))
	must("rmdir "+machine, os.Remove(machine))
	if spec.ReadOnlyRoot {
		must("a read-only root", syscall.Mount("", "/", "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	}
	become(spec.RunAsUser, spec.RunAsGroup)
	dieWith(spec.Parent)
	syscall.Umask(0o022)
	path, err := exec.LookPath(os.Args[0])
	must("find the command", err)
	must("exec "+path, syscall.Exec(path, os.Args, os.Environ()))
}

// An empty root in memory, with the machine's own below it for a while.
func newRoot(layer string) {
	must("unshare", syscall.Unshare(syscall.CLONE_NEWNS))
	must("private mounts", syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""))
	must("mount a root", syscall.Mount("tmpfs", layer, "tmpfs", 0, "mode=0755"))
	must("mkdir "+machine, os.Mkdir(layer+machine, 0o700))
	must("pivot_root", syscall.PivotRoot(layer, layer+machine))
	must("chdir", os.Chdir("/"))
	must("mkdir /tmp", os.Mkdir("/tmp", 0o777|os.ModeSticky))
}

// Mounts a file or directory of the machine; the container's links are followed within the container.
func bind(source, target string, readOnly bool) {
	source = machine + source
	info, err := os.Stat(source)
	must("the source of a mount", err)
	if info.IsDir() {
		must("mkdir "+target, os.MkdirAll(target, 0o755))
	} else if !isThere(target) {
		must("mkdir for "+target, os.MkdirAll(filepath.Dir(target), 0o755))
		must("make "+target, os.WriteFile(target, nil, 0o644))
	}
	must("mount "+target, syscall.Mount(source, target, "", syscall.MS_BIND|syscall.MS_REC, ""))
	if readOnly {
		flags := uintptr(syscall.MS_BIND | syscall.MS_REMOUNT | syscall.MS_RDONLY)
		must("read-only "+target, syscall.Mount("", target, "", flags, ""))
	}
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func become(user, group *int) {
	if user == nil && group == nil {
		return
	}
	gid := 0
	if group != nil {
		gid = *group
	}
	must("setgroups", syscall.Setgroups([]int{gid}))
	must("setgid", syscall.Setgid(gid))
	if user != nil {
		must("setuid", syscall.Setuid(*user))
	}
}

// After the change of user, which would undo it.
func dieWith(parent int) {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setParentDeathSignal, uintptr(syscall.SIGKILL), 0); errno != 0 {
		must("prctl", errno)
	}
	if os.Getppid() != parent {
		os.Exit(cannotStart)
	}
}

func must(what string, err error) {
	if err == nil {
		return
	}
	fmt.Fprintf(os.Stderr, "enter: %s: %v\n", what, err)
	os.Exit(cannotStart)
}
