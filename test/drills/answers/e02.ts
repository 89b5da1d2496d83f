import { type Answers, edited, inManifest, MANIFEST } from '../answer.ts'

const policyOf = (text: string): string => /--audit-policy-file=(\S+)/.exec(text)?.[1] ?? ''

export const e02: Answers = {
  wrong: [
    {
      name: 'only the first fault is mended',
      code: 'read-only',
      edit: inManifest(text => text.replace(/(- mountPath: .*\n {6}name: audit-log\n)/, '$1      readOnly: true\n'))
    },
    {
      name: 'W2: the name is mended in a way that matches nothing',
      code: 'no-such-volume',
      edit: inManifest(text => text.replace(/(type: File\n {4}name: )audit-policy/, '$1audit'))
    },
    {
      name: 'W20: a level in lower case is left',
      code: 'policy-level',
      edit: files =>
        edited(policyOf(files[MANIFEST] ?? ''), text => text.replace('level: Metadata', 'level: metadata'))(files)
    },
    {
      name: 'the policy is written anew, and records everything',
      code: 'too-much',
      edit: files => ({
        ...files,
        [policyOf(files[MANIFEST] ?? '')]:
          'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: RequestResponse\n'
      })
    },
    {
      name: 'what cannot be started is taken out',
      code: 'flag-missing',
      edit: inManifest(text => text.replace(/ {4}- --audit-log-path=.*\n/, ''))
    },
    {
      name: 'the stages are taken out with the slip',
      code: 'other-stages',
      edit: files => {
        const policy = policyOf(files[MANIFEST] ?? '')
        return edited(policy, text => text.replace('omitStages:\n- RequestReceived\n', ''))(files)
      }
    }
  ],
  right: [
    {
      name: 'the volume gets the name that the mount has',
      edit: inManifest(text => text.replaceAll('name: audit-policy', 'name: policy'))
    }
  ]
}
