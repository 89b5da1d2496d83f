import { type Answers, edited, inManifest, MANIFEST } from '../answer.ts'

const ANSWERS = '/root/answers.yaml'

export const e01: Answers = {
  wrong: [
    {
      name: 'the manifest is as it was',
      code: 'unreadable',
      edit: (files, { start }) => {
        const before = start.get(MANIFEST)
        return { ...files, [MANIFEST]: before?.kind === 'file' ? before.text : '' }
      }
    },
    {
      name: 'nothing is written down',
      code: 'no-answer',
      edit: (files, { start }) => {
        const sheet = start.get(ANSWERS)
        return { ...files, [ANSWERS]: sheet?.kind === 'file' ? sheet.text : '' }
      }
    },
    {
      name: 'the kubelet is said to have told everything',
      code: 'wrong-answer',
      edit: edited(ANSWERS, text => text.replaceAll('kube-apiserver', 'kubelet'))
    },
    {
      name: 'the answers are no YAML',
      code: 'answers-unreadable',
      edit: edited(ANSWERS, text => `${text}- kubelet\n`)
    },
    {
      name: 'a flag is taken out instead',
      code: 'other-setting',
      edit: inManifest(text => text.replace(/ {4}- --secure-port=6443\n/, ''))
    },
    {
      name: 'W8: a copy beside the manifest',
      code: 'stray-file',
      edit: files => ({ ...files, [`${MANIFEST}.broken`]: files[MANIFEST] ?? '' })
    }
  ],
  right: [
    {
      name: 'the container is said to have told it',
      edit: edited(ANSWERS, text => text.replaceAll('kube-apiserver', 'container'))
    },
    {
      name: 'etcd by its name, where that is what was wrong',
      edit: (files, { start }) => {
        const before = start.get(MANIFEST)
        const isWrong = before?.kind === 'file' && !before.text.includes('https://127.0.0.1:2379')
        return isWrong ? inManifest(text => text.replace('127.0.0.1:2379', 'localhost:2379'))(files) : files
      }
    },
    { name: 'with remarks', edit: inManifest(text => `# mended\n${text}`) }
  ]
}
