package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kubeadmapi "k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm"
	kubeadmscheme "k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm/scheme"
	"k8s.io/kubernetes/cmd/kubeadm/app/constants"
	"k8s.io/kubernetes/cmd/kubeadm/app/phases/controlplane"
	kubeadmconfig "k8s.io/kubernetes/cmd/kubeadm/app/util/config"
	"k8s.io/kubernetes/cmd/kubeadm/app/util/config/strict"
	"sigs.k8s.io/yaml"
)

// node stands for what kubeadm finds out about the node that it runs on, so that answers are the same everywhere.
const node = `apiVersion: kubeadm.k8s.io/%s
kind: InitConfiguration
bootstrapTokens: []
localAPIEndpoint:
  advertiseAddress: 192.0.2.10
  bindPort: 6443
nodeRegistration:
  name: node-1
  criSocket: unix:///run/containerd/containerd.sock
`

type podAnswer struct {
	OK           bool                       `json:"ok"`
	ExtraArgs    []kubeadmapi.Arg           `json:"extraArgs"`
	ExtraVolumes []kubeadmapi.HostPathMount `json:"extraVolumes"`
	// Manifest is the file that kubeadm writes, Pod what it decodes to.
	Manifest string      `json:"manifest"`
	Pod      *corev1.Pod `json:"pod"`
}

// podOf makes the static pod as kubeadm init and upgrade do.
func podOf(asked question) (*podAnswer, error) {
	cluster, err := decode(asked.Config)
	if err != nil {
		return nil, err
	}
	text, err := generate(cluster, asked.Patches)
	if err != nil {
		return nil, err
	}
	pod := &corev1.Pod{}
	if err := yaml.UnmarshalStrict(text, pod); err != nil {
		return nil, err
	}
	return &podAnswer{
		OK:           true,
		ExtraArgs:    cluster.APIServer.ExtraArgs,
		ExtraVolumes: cluster.APIServer.ExtraVolumes,
		Manifest:     string(text),
		Pod:          pod,
	}, nil
}

// decode reads a configuration twice: as kubeadm upgrade reads the ConfigMap, where unknown and repeated fields are
// errors and not the warnings that they are there; and as kubeadm init reads a file, with defaults and validation.
func decode(text string) (*kubeadmapi.ClusterConfiguration, error) {
	kind := struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}{}
	if err := yaml.Unmarshal([]byte(text), &kind); err != nil {
		return nil, err
	}
	gvk := schema.FromAPIVersionAndKind(kind.APIVersion, kind.Kind)
	if gvk.Kind != constants.ClusterConfigurationKind {
		return nil, fmt.Errorf("no ClusterConfiguration: %s", gvk)
	}
	if err := strict.VerifyUnmarshalStrict([]*runtime.Scheme{kubeadmscheme.Scheme}, gvk, []byte(text)); err != nil {
		return nil, err
	}
	fetched := &kubeadmapi.ClusterConfiguration{}
	if err := runtime.DecodeInto(kubeadmscheme.Codecs.UniversalDecoder(), []byte(text), fetched); err != nil {
		return nil, err
	}
	both := fmt.Sprintf(node, gvk.Version) + "---\n" + text
	loaded, err := kubeadmconfig.BytesToInitConfiguration([]byte(both), true)
	if err != nil {
		return nil, err
	}
	if !sameExtras(fetched.APIServer, loaded.APIServer) {
		return nil, errors.New("kubeadm reads the ConfigMap and the file differently")
	}
	return &loaded.ClusterConfiguration, nil
}

func sameExtras(a, b kubeadmapi.APIServer) bool {
	return fmt.Sprint(a.ExtraArgs, a.ExtraVolumes) == fmt.Sprint(b.ExtraArgs, b.ExtraVolumes)
}

func generate(cluster *kubeadmapi.ClusterConfiguration, patches []file) ([]byte, error) {
	directory, err := os.MkdirTemp("", "kubeadm-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(directory)
	patchesDirectory := ""
	if patches != nil {
		patchesDirectory = filepath.Join(directory, "patches")
		if err := os.Mkdir(patchesDirectory, 0o700); err != nil {
			return nil, err
		}
	}
	for _, each := range patches {
		if err := os.WriteFile(filepath.Join(patchesDirectory, each.Name), []byte(each.Text), 0o600); err != nil {
			return nil, err
		}
	}
	endpoint := &kubeadmapi.APIEndpoint{AdvertiseAddress: "192.0.2.10", BindPort: 6443}
	manifests := filepath.Join(directory, "manifests")
	// it writes its defaults into what it is given
	own := cluster.DeepCopy()
	err = controlplane.CreateStaticPodFiles(manifests, patchesDirectory, own, endpoint, false, constants.KubeAPIServer)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(manifests, constants.KubeAPIServer+".yaml"))
}

type uploadAnswer struct {
	OK   bool   `json:"ok"`
	Text string `json:"text"`
}

// uploadOf gives what kubeadm stores in the ConfigMap kubeadm-config for a configuration, in that configuration's version.
func uploadOf(asked question) (*uploadAnswer, error) {
	cluster, err := decode(asked.Config)
	if err != nil {
		return nil, err
	}
	kind := struct {
		APIVersion string `json:"apiVersion"`
	}{}
	if err := yaml.Unmarshal([]byte(asked.Config), &kind); err != nil {
		return nil, err
	}
	version, err := schema.ParseGroupVersion(kind.APIVersion)
	if err != nil {
		return nil, err
	}
	// as phases/uploadconfig does
	stored := cluster.DeepCopy()
	stored.ComponentConfigs = kubeadmapi.ComponentConfigMap{}
	text, err := kubeadmconfig.MarshalKubeadmConfigObject(stored, version)
	if err != nil {
		return nil, err
	}
	return &uploadAnswer{OK: true, Text: string(text)}, nil
}
