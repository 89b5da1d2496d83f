import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  type Ansible,
  ANSIBLES,
  COLLECTION,
  copyCollection,
  directoryOf,
  installCollection,
  LINT,
  noAnsible,
  runTool
} from './fake-ansible.ts'

t.setTimeout(1_800_000)

const SILENT = /\[?(WARNING|ERROR|DEPRECATION)\b/

const pythonVersion = async (): Promise<string> => {
  const { out } = await runTool('/usr/bin', ['python3', '-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], '/')
  return out.trim()
}

const sanity = async (t: Test, { bin }: Ansible): Promise<void> => {
  const copy = copyCollection(directoryOf(t))
  const words = ['ansible-test', 'sanity', '--requirements', '--color', 'no', '--python', await pythonVersion()]
  const { code, out } = await runTool(bin, words, copy)
  t.equal(
    code,
    0,
    out
      .split('\n')
      .filter(line => /^(ERROR|FATAL)/.test(line))
      .join('\n') || out.slice(-3000)
  )
  for (const name of ['ansible-doc', 'compile', 'import', 'pep8', 'pylint', 'validate-modules', 'yamllint'])
    t.match(out, `Running sanity test "${name}"`, name)
}

const galaxy = async (t: Test, ansible: Ansible): Promise<void> => {
  const directory = directoryOf(t)
  const { code, out } = await installCollection(ansible, directory)
  t.equal(code, 0, { out })
  t.notMatch(out, SILENT)
  const below = (path: string): string[] =>
    readdirSync(path, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(path.length + 1))
      .sort()
  const installed = join(directory, 'ansible_collections/auditpatch/kubernetes')
  const made = ['FILES.json', 'MANIFEST.json']
  const left = ['.ansible-lint', 'galaxy.yml']
  t.same(
    below(installed).filter(name => !made.includes(name)),
    below(COLLECTION).filter(name => !left.includes(name)),
    'the tarball holds the collection and nothing else'
  )
  for (const words of [
    ['-t', 'module', 'auditpatch.kubernetes.audit'],
    ['-t', 'module', 'auditpatch.kubernetes.audit_info'],
    ['-t', 'role', 'auditpatch.kubernetes.kube_audit']
  ]) {
    const doc = await runTool(ansible.bin, ['ansible-doc', ...words], directory, {
      ANSIBLE_COLLECTIONS_PATH: directory
    })
    t.equal(doc.code, 0, { out: doc.out })
    t.match(doc.out, /backup_dir/, words.join(' '))
    t.notMatch(doc.out, SILENT)
  }
  for (const name of ['install', 'enable', 'verify', 'remove']) {
    const words = ['ansible-playbook', '--syntax-check', '-i', 'localhost,', `auditpatch.kubernetes.${name}`]
    const checked = await runTool(ansible.bin, words, directory, { ANSIBLE_COLLECTIONS_PATH: directory })
    t.equal(checked.code, 0, { out: checked.out })
  }
}

for (const ansible of ANSIBLES) {
  t.test(`ansible-test sanity (${ansible.name})`, { skip: noAnsible }, t => sanity(t, ansible))
  t.test(`the tarball and the documentation (${ansible.name})`, { skip: noAnsible }, t => galaxy(t, ansible))
}

t.test('ansible-lint, profile production', { skip: noAnsible }, async t => {
  const directory = directoryOf(t)
  const copy = copyCollection(directory)
  const { code, out } = await runTool(LINT, ['ansible-lint', '--profile', 'production', '--strict'], copy, {
    ANSIBLE_COLLECTIONS_PATH: directory
  })
  t.equal(code, 0, { out })
  t.match(out, /Passed: 0 failure\(s\), 0 warning\(s\)/)
  t.match(out, /'production' was required, and it passed/)
})

t.test('the modules are Python 3.6', { skip: noAnsible }, async t => {
  const script =
    'import ast, sys; [ast.parse(open(path).read(), path, feature_version=(3, 6)) for path in sys.argv[1:]]'
  const files = ['modules/audit.py', 'modules/audit_info.py', 'module_utils/program.py'].map(name =>
    join(COLLECTION, 'plugins', name)
  )
  const { code, out } = await runTool('/usr/bin', ['python3', '-c', script, ...files], '/')
  t.equal(code, 0, { out })
  for (const file of files) t.notMatch(readFileSync(file, 'utf8'), /backup_local/, 'no copy beside the manifest')
})
