import type { CauseFacts, CauseRow } from './cause.ts'
import { rows } from './cause-rows.ts'

const at = ({ manifest }: CauseFacts, field: string | undefined): string =>
  `${field === undefined ? '' : `${field} in `}${manifest}`

const row = rows(
  'kubelet',
  'the kubelet takes no pod from this manifest, so no container is started, and there is no container log at all',
  'kubelet'
)

/** What the kubelet says of a manifest that it takes no pod from: pkg/kubelet/config and the API's validation of pods. */
export const KUBELET_CAUSES: readonly CauseRow[] = [
  row(
    'no-pod-name',
    /invalid pod: name is needed for the pod/,
    'the manifest gives the pod no name',
    (_, { manifest }) => `write metadata.name: kube-apiserver in ${manifest}`
  ),
  row(
    'container-without-name',
    /(?<field>spec\.(?:initC|c)ontainers\[\d+\])\.name: Required value/,
    'a container of the manifest has no name',
    ({ field }, facts) => `give ${at(facts, field)} its name: kube-apiserver`
  ),
  row(
    'container-without-image',
    /(?<field>spec\.(?:initC|c)ontainers\[\d+\])\.image: Required value/,
    'a container of the manifest has no image',
    ({ field }, facts) => `give ${at(facts, field)} its image, as registry.k8s.io/kube-apiserver:v1.36.0`
  ),
  row(
    'container-without-name',
    /spec\.containers: Required value/,
    'the manifest has no container',
    (_, { manifest }) => `write the container kube-apiserver under spec.containers in ${manifest}`
  ),
  // of a volume that cannot be used the mounts are refused too
  row(
    'duplicate-volume',
    /(?<field>spec\.volumes\[\d+\])\.name: Duplicate value: "(?<name>[^"]*)"/,
    'two volumes have the same name',
    ({ field, name }, facts) =>
      `rename or take out one of the two volumes ${name ?? ''}: the second is ${at(facts, field)}`
  ),
  row(
    'volume-without-name',
    /(?<field>spec\.volumes\[\d+\])\.name: Required value/,
    'a volume has no name',
    ({ field }, facts) => `write the name of ${at(facts, field)}, as its mount has it`
  ),
  row(
    'bad-volume-name',
    /(?<field>spec\.volumes\[\d+\])\.name: Invalid value: "(?<name>[^"]*)"/,
    "a volume's name is not allowed",
    ({ field, name }, facts) =>
      `rename the volume ${name ?? ''} (${at(facts, field)}) and its mounts: lower-case letters, digits and - only`
  ),
  row(
    'bad-volume',
    /(?<field>spec\.volumes\[\d+\](?:\.\w+)*): (?<what>(?:Required value|Unsupported value|Invalid value|Forbidden)[^,\]]*)/,
    'a volume of the manifest is not allowed',
    ({ field, what }, facts) => `correct ${at(facts, field)}: ${what ?? ''}`
  ),
  row(
    'duplicate-mount-path',
    /(?<field>spec\.\w+\[\d+\]\.volumeMounts\[\d+\])\.mountPath: Invalid value: "(?<path>[^"]*)": must be unique/,
    'two mounts of the container have the same mountPath',
    ({ field, path }, facts) => `take out one of the two mounts at ${path ?? ''}: the second is ${at(facts, field)}`
  ),
  row(
    'mount-without-volume',
    /(?<field>spec\.\w+\[\d+\]\.volumeMounts\[\d+\])\.name: Not found: "(?<name>[^"]*)"/,
    'a mount names a volume that is not there',
    ({ field, name }, facts) =>
      `add a volume named ${name ?? ''} under spec.volumes, or correct the name at ${at(facts, field)}; auditpatch plan shows the repair of an audit mount`
  ),
  row(
    'mount-without-volume',
    /(?<field>spec\.\w+\[\d+\]\.volumeMounts\[\d+\])\.name: Required value/,
    'a mount names no volume',
    ({ field }, facts) => `write the name of a volume at ${at(facts, field)}`
  ),
  row(
    'mount-without-path',
    /(?<field>spec\.\w+\[\d+\]\.volumeMounts\[\d+\])\.mountPath: Required value/,
    'a mount has no mountPath',
    ({ field }, facts) => `write mountPath at ${at(facts, field)}`
  ),
  row(
    'invalid-pod',
    /invalid pod: \[?(?<field>[\w.[\]]+): (?<what>[^\]]*)/,
    'the manifest is no valid pod',
    ({ field, what }, facts) => `correct ${at(facts, field)}: ${what ?? ''}`
  ),
  row(
    'static-pod-reference',
    /static pods may not (?:reference|use) (?<what>[^"]*)/,
    'a static pod names an object of the API',
    ({ what }, { manifest }) => `take ${what ?? 'it'} out of ${manifest}: a static pod can use files of the host only`
  ),
  row(
    'duplicate-key',
    /key "(?<key>[^"]*)" already (?:set in map|defined)/,
    'a key stands twice in one mapping of the manifest',
    ({ key }, { manifest }) => `join the two ${key ?? ''}: blocks in ${manifest}, or take one out`
  ),
  row(
    'wrong-type',
    /couldn't parse as pod\(.*(?:cannot unmarshal (?<found>\w+) into|quantities must match|unable to parse|unrecognized type|Time\.UnmarshalJSON)/,
    'a value of the manifest is of the wrong kind',
    ({ found }, { manifest }) =>
      `correct the value in ${manifest}${found === undefined ? '' : ` (found a ${found})`}: quote words that YAML reads as numbers or as true and false, and indent lists`
  ),
  row(
    'broken-yaml',
    /couldn't parse as pod\((?:[^()]*: )?yaml: (?:line (?<line>\d+): )?(?<what>.*?)\)/,
    'the manifest is broken YAML',
    ({ line, what }, { manifest }) =>
      `correct ${manifest}${line === undefined ? '' : `, near line ${line}`}: ${what ?? ''} (a tab, a wrong indentation, a missing space after the colon)`
  ),
  row(
    'not-a-pod',
    /couldn't parse as pod\((?:Object 'apiVersion' is missing|no kind "Pod" is registered for version "(?<version>[^"]*)"|(?:couldn't get version|unable to decode))/,
    'the manifest has not the apiVersion of a pod',
    (_, { manifest }) => `write apiVersion: v1 at the top of ${manifest}`
  ),
  row(
    'not-a-pod',
    /couldn't parse as pod\((?:Object 'Kind' is missing|no kind "(?<kind>[^"]*)" is registered)/,
    'the manifest is no pod',
    ({ kind }, { manifest }) =>
      `write kind: Pod in ${manifest}${kind === undefined ? '' : ` (found ${kind})`}; what is no pod belongs elsewhere`
  ),
  row(
    'not-a-pod',
    /couldn't parse as pod\(/,
    'the manifest is no pod',
    (_, { manifest }) => `${manifest} must begin with apiVersion: v1 and kind: Pod; other files belong elsewhere`
  ),
  row(
    'manifest-not-readable',
    /(?:Could not process manifest file" err="open|Could not get metadata" err="l?stat) (?<path>[^:]+): (?<what>[^"]*)/,
    'the kubelet cannot read the manifest',
    ({ path, what }) => `see what is at ${path ?? ''} (${what ?? ''}): a file of root, mode 0600, no dangling link`
  ),
  row(
    'static-pod-path',
    /Unable to read config path" err="path does not exist[^"]*" path="(?<path>[^"]*)"/,
    'the kubelet looks for manifests where nothing is',
    ({ path }) =>
      `make ${path ?? ''}, or correct staticPodPath in /var/lib/kubelet/config.yaml, and put the manifest there`
  )
]
