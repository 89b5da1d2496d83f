import { type Answers, type Files, inManifest, MANIFEST } from '../answer.ts'
import { inMount, mountOf, OTHER_MOUNTS, repairing } from '../repair-answers.ts'

const policyOf = (files: Files): string => /--audit-policy-file=(.*)/.exec(files[MANIFEST] ?? '')?.[1] ?? ''

const isDraft = (files: Files, path: string): boolean =>
  files[path] === files[policyOf(files)] && path !== policyOf(files)

const withPolicy = (files: Files, text: string): Files => ({ ...files, [policyOf(files)]: text })

const without = (files: Files, path: string): Files =>
  Object.fromEntries(Object.entries(files).filter(([each]) => each !== path))

export const b02: Answers = {
  faults: ['policy-is-directory'],
  wrong: [
    ...repairing(),
    {
      name: 'W4: the type is still missing',
      code: 'no-type',
      edit: inManifest(text => text.replace(/ {6}type: File\n/, ''))
    },
    {
      name: 'a type that makes an empty file',
      code: 'empty-file-made',
      edit: inManifest(text => text.replace('type: File\n', 'type: FileOrCreate\n'))
    },
    { name: 'the directory is still there', code: 'is-directory', edit: files => without(files, policyOf(files)) },
    {
      name: 'the policy is put into the directory',
      code: 'is-directory',
      edit: files => ({
        ...without(files, policyOf(files)),
        [`${policyOf(files)}/policy.yaml`]: files[policyOf(files)] ?? ''
      })
    },
    { name: 'an empty file is put there', code: 'policy-empty', edit: files => withPolicy(files, '') },
    {
      name: 'a policy of their own is put there',
      code: 'too-much',
      edit: files =>
        withPolicy(
          files,
          'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Request\n'
        )
    },
    {
      name: 'the copy is mounted from where it lies',
      code: 'other-host-path',
      edit: files => {
        const copy = Object.keys(files).find(path => isDraft(files, path)) ?? ''
        return inManifest(text => text.replace(/path: .*\n( {6}type: File)/, `path: ${copy}\n$1`))(files)
      }
    },
    {
      name: 'the directory of the copy is mounted with a subPath',
      code: 'sub-path',
      edit: inMount(
        'audit-policy',
        path => mountOf(path, 'audit-policy', `      subPath: ${path.replace(/.*\//, '')}\n`),
        path => `  - hostPath:\n      path: ${path.replace(/\/[^/]*$/, '')}\n    name: audit-policy\n`
      )
    }
  ],
  right: [
    ...OTHER_MOUNTS,
    {
      name: 'the copy is moved, not copied',
      edit: files => ({
        ...files,
        ...Object.fromEntries(
          Object.keys(files)
            .filter(path => isDraft(files, path))
            .map(path => [path, null])
        )
      })
    },
    {
      name: 'the copy with other words and a last rule that adds nothing',
      edit: files =>
        withPolicy(files, `# as agreed\n---\n${files[policyOf(files)] ?? ''}- {"level": "None", "users": ["nobody"]}\n`)
    }
  ]
}
