// Part of the build: runs the programs on an example node, that the code V8 compiles for it is kept.
const { mkdirSync, mkdtempSync, copyFileSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { compile } = require('./program.js')

const main = async () => {
  const root = mkdtempSync(join(tmpdir(), 'auditpatch-build-'))
  try {
    const manifests = join(root, 'etc/kubernetes/manifests')
    mkdirSync(manifests, { recursive: true })
    copyFileSync(join(__dirname, '../examples/manifests/kube-apiserver.yaml'), join(manifests, 'kube-apiserver.yaml'))
    const processWith = (...words) => ({ ...process, argv: ['node', 'auditpatch', ...words], on: () => undefined })
    await compile('quick', ({ run }) => run(processWith('plan', '--root', root)))
    await compile('auditpatch', async ({ run }) => {
      for (const words of [['plan'], ['apply', '--yes', '--no-wait'], ['check'], ['status']])
        await run(processWith(...words, '--quiet', '--root', root))
      await run(processWith('policy', 'lint', 'template:baseline'))
    })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

void main()
