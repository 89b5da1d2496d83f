import { mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { makeNode, startKubelet, ask } from './fake-node.ts'
const dir = mkdtempSync('/tmp/fk/n-')
const t0 = Date.now()
const node = await makeNode(dir)
const k = await startKubelet(dir)
console.log('ready', Date.now() - t0, k.pid, k.serverPid(), k.restarts())
console.log(readFileSync(`/proc/${k.pid}/cmdline`, 'utf8').replaceAll('\0', ' '), readFileSync(`/proc/${k.serverPid()}/cmdline`, 'utf8').replaceAll('\0', ' '), readFileSync(`/proc/${k.serverPid()}/comm`, 'utf8'))
console.log(await ask(node.port, '/livez'), await ask(node.port, '/version'), await ask(node.port, '/api/v1/pods'))
console.log(k.podLog(), k.kubeletLog(), readdirSync(dir + '/var/log/containers'))
await k.stop()
console.log('end', Date.now() - t0, readFileSync(dir + '/run/fake-node.jsonl', 'utf8'))
