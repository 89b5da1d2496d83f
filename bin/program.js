// Loads a program of dist, with what V8 compiled of it before where that was this very V8.
const { createHash } = require('node:crypto')
const { readFileSync, renameSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { Script } = require('node:vm')

const at = name => join(__dirname, '../dist', name)

const compiledFile = name => at(`${name}.${process.version}-${process.platform}-${process.arch}.v8`)

const HASH = 32

// V8 tells a program from another by its length alone, and takes what is damaged for good
const hashOf = (source, compiled) => createHash('sha256').update(source).update(compiled).digest()

/** What V8 compiled of this very source; undefined where there is none. */
const compiledOf = (name, source) => {
  let bytes
  try {
    bytes = readFileSync(compiledFile(name))
  } catch {
    return undefined // a start without it is slower, and no more
  }
  const compiled = bytes.subarray(HASH)
  return hashOf(source, compiled).equals(bytes.subarray(0, HASH)) ? compiled : undefined
}

const scriptOf = name => {
  const filename = at(`${name}.cjs`)
  const source = readFileSync(filename, 'utf8')
  const cachedData = compiledOf(name, source)
  const code = `(function (exports, require, module, __filename, __dirname) {${source}\n})`
  return { source, script: new Script(code, { filename, cachedData }) }
}

// what a program leaves to another one stands beside it
const requireIn = id => (id.startsWith('./') ? exports.load(id.slice(2, -'.cjs'.length)) : require(id))

const start = (script, name) => {
  const module = { exports: {} }
  script.runInThisContext()(module.exports, requireIn, module, at(`${name}.cjs`), at('.'))
  return module.exports
}

/** What a program exports. */
exports.load = name => start(scriptOf(name).script, name)

/** Keeps what V8 compiled of a program while `use` ran it. */
exports.compile = async (name, use) => {
  const { source, script } = scriptOf(name)
  await use(start(script, name))
  const compiled = script.createCachedData()
  const file = compiledFile(name)
  writeFileSync(`${file}.part`, Buffer.concat([hashOf(source, compiled), compiled]))
  renameSync(`${file}.part`, file)
}
